using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>As <see cref="OpenAt"/> for one name of bytes that need not be UTF-8; never follows a symlink. Null where it is no directory.</summary>
    public static SafeFileHandle? OpenSubdirectory(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        int result = openat(directory, Terminated(name), (int)(OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec), 0);
        int errno = Marshal.GetLastPInvokeError();
        return result >= 0 ? new SafeFileHandle(result, ownsHandle: true)
            : errno is Errno.ENOTDIR or Errno.ELOOP or Errno.ENOENT ? null
            : throw new LinuxException(errno, "openat", System.Text.Encoding.UTF8.GetString(name));
    }

    private static byte[] Terminated(ReadOnlySpan<byte> name) => [.. name, 0];

    [LibraryImport(Library, SetLastError = true)]
    private static partial int openat(SafeFileHandle directory, byte[] name, int flags, int mode);
}
