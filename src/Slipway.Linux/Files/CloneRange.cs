using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Lets a range of a file be the same blocks as a range of another: ioctl FICLONERANGE (ioctl_ficlonerange(2)). False where the file system cannot, or not for
    /// these ranges.
    /// </summary>
    public static bool TryCloneRange(SafeFileHandle source, long sourceOffset, SafeFileHandle target, long targetOffset, long length)
    {
        const nuint cloneRange = 0x4020940D;
        bool added = false;
        source.DangerousAddRef(ref added);
        try
        {
            FileCloneRange range = new()
            {
                Source = source.DangerousGetHandle(),
                SourceOffset = (ulong)sourceOffset,
                Length = (ulong)length,
                TargetOffset = (ulong)targetOffset,
            };
            int result = ioctl_clone_range(target, cloneRange, ref range);
            int errno = Marshal.GetLastPInvokeError();
            return result == 0 || (errno is Errno.ENOTSUP or Errno.EXDEV or Errno.EINVAL or Errno.ENOTTY or Errno.ENOSYS or Errno.EPERM or Errno.ETXTBSY
                ? false
                : throw new LinuxException(errno, "ioctl FICLONERANGE"));
        }
        finally
        {
            source.DangerousRelease();
        }
    }

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ioctl_clone_range(SafeFileHandle file, nuint request, ref FileCloneRange range);

    /// <summary>struct file_clone_range of linux/fs.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileCloneRange
    {
        public long Source;
        public ulong SourceOffset;
        public ulong Length;
        public ulong TargetOffset;
    }
}
