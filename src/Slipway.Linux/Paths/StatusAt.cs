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

    /// <summary>As <see cref="StatusAt(SafeFileHandle, string)"/>, for a name of bytes of at most 255, which need not be text.</summary>
    public static unsafe FileStatus? StatusAt(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        const int longestName = 255;
        byte* terminated = stackalloc byte[longestName + 1];
        name.CopyTo(new Span<byte>(terminated, longestName));
        terminated[name.Length] = 0;
        int result = statx_bytes(directory, terminated, SymlinkNoFollow, BasicStats, out StatxBuffer buffer);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 ? buffer.ToStatus()
            : errno is Errno.ENOENT or Errno.ENOTDIR ? null
            : throw new LinuxException(errno, "statx", System.Text.Encoding.UTF8.GetString(name));
    }

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int statx_bytes(SafeFileHandle directory, byte* path, int flags, uint mask, out StatxBuffer buffer);
}
