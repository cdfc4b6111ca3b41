using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    private const int Detach = 2;
    private const int NoFollowOnUnmount = 8;

    /// <summary>
    /// Takes the mount at <paramref name="target"/> away, at once from the tree and from the kernel when its last user is gone: umount2(2) with
    /// MNT_DETACH. False where nothing is mounted there.
    /// </summary>
    public static bool Unmount(string target)
    {
        int result = umount2(target, Detach | NoFollowOnUnmount);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 || (errno is Errno.EINVAL or Errno.ENOENT ? false : throw new LinuxException(errno, "umount2", target));
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
