using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Opens a file or directory by path: open(2). O_CLOEXEC is always added.</summary>
    /// <param name="mode">Permission bits of a file that <see cref="OpenFlags.Create"/> makes, for example 0444 (octal).</param>
    public static SafeFileHandle Open(string path, OpenFlags flags, int mode = 0)
    {
        while (true)
        {
            int file = open(path, (int)(flags | OpenFlags.CloseOnExec), mode);
            int errno = Marshal.GetLastPInvokeError();
            if (file >= 0)
            {
                return new SafeFileHandle(file, ownsHandle: true);
            }

            if (errno != Errno.EINTR)
            {
                throw new LinuxException(errno, "open", path);
            }
        }
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);
}
