using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// The next range at or after <paramref name="offset"/> that holds data and is no hole: lseek(2) with SEEK_DATA and SEEK_HOLE. Null where only a hole is
    /// left, or nothing. A file system that does not know holes gives the whole rest.
    /// </summary>
    public static (long Start, long End)? NextData(SafeFileHandle file, long offset)
    {
        const int data = 3;
        const int hole = 4;
        long start = lseek(file, offset, data);
        int errno = Marshal.GetLastPInvokeError();
        if (start < 0)
        {
            return errno == Errno.ENXIO ? null : throw new LinuxException(errno, "lseek");
        }

        long end = lseek(file, start, hole);
        errno = Marshal.GetLastPInvokeError();
        return end >= 0 ? (start, end) : throw new LinuxException(errno, "lseek");
    }
}
