using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    private const int OpenAt2Number = 437;

    /// <summary>
    /// Opens a path that is relative to an open directory: openat2(2). O_CLOEXEC is always added. <paramref name="resolve"/> decides what the
    /// path may not do on its way, which is how names from strangers stay beneath the directory.
    /// </summary>
    /// <param name="mode">Permission bits of a file that <see cref="OpenFlags.Create"/> makes.</param>
    public static SafeFileHandle OpenAt(SafeFileHandle directory, string path, OpenFlags flags, ResolveFlags resolve, int mode = 0)
    {
        SafeFileHandle file = TryOpenAt(directory, path, flags, resolve, out int errno, mode);
        return errno == 0 ? file : throw new LinuxException(errno, "openat2", path);
    }

    /// <summary>As <see cref="OpenAt"/>, with the error number as a value: 0, or why the returned handle is invalid.</summary>
    public static SafeFileHandle TryOpenAt(
        SafeFileHandle directory, string path, OpenFlags flags, ResolveFlags resolve, out int errno, int mode = 0)
    {
        OpenHow how = new() { Flags = (ulong)(flags | OpenFlags.CloseOnExec), Mode = (ulong)mode, Resolve = (ulong)resolve };
        while (true)
        {
            nint result = openat2(OpenAt2Number, directory, path, ref how, Marshal.SizeOf<OpenHow>());
            errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (result >= 0 || (errno != Errno.EINTR && errno != Errno.EAGAIN))
            {
                return new SafeFileHandle(result, ownsHandle: true);
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint openat2(nint number, SafeFileHandle directory, string path, ref OpenHow how, nint size);

    /// <summary>struct open_how of linux/openat2.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
