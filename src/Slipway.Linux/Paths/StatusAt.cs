using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Status of a name in an open directory, of a symlink itself; null where there is none: statx(2).</summary>
    public static FileStatus? StatusAt(SafeFileHandle directory, string path)
    {
        int result = statx_handle(directory, path, SymlinkNoFollow, BasicStats, out StatxBuffer buffer);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? buffer.ToStatus()
            : errno is Errno.ENOENT or Errno.ENOTDIR ? null
            : throw new LinuxException(errno, "statx", path);
    }
}
