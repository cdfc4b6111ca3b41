using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Copies up to <paramref name="length"/> bytes between two files inside the kernel (by reference where the file system can):
    /// copy_file_range(2). Returns how many it copied, 0 at the end of the source, or -1 where the kernel cannot do it for these two files
    /// (other file systems, or one that lacks it), when the caller copies by reading and writing.
    /// </summary>
    public static long CopyFileRange(SafeFileHandle source, long sourceOffset, SafeFileHandle target, long targetOffset, long length)
    {
        while (true)
        {
            nint copied = copy_file_range(source, ref sourceOffset, target, ref targetOffset, (nuint)length, 0);
            int errno = Marshal.GetLastPInvokeError();
            if (copied >= 0)
            {
                return copied;
            }

            switch (errno)
            {
                case Errno.EINTR:
                    continue;
                case Errno.EXDEV or Errno.EINVAL or Errno.ENOSYS or Errno.ENOTSUP:
                    return -1;
                default:
                    throw new LinuxException(errno, "copy_file_range");
            }
        }
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint copy_file_range(
        SafeFileHandle source, ref long sourceOffset, SafeFileHandle target, ref long targetOffset, nuint length, uint flags);
}
