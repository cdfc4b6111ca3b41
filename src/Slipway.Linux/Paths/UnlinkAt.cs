using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    private const int RemoveDirectory = 0x200;

    /// <summary>Removes a name from an open directory: unlinkat(2). False where there was none.</summary>
    /// <param name="isDirectory">The name is an (empty) directory's.</param>
    public static bool UnlinkAt(SafeFileHandle directory, string path, bool isDirectory)
    {
        int result = unlinkat(directory, path, isDirectory ? RemoveDirectory : 0);
        int errno = Marshal.GetLastPInvokeError();
        return result == 0 || (errno == Errno.ENOENT ? false : throw new LinuxException(errno, "unlinkat", path));
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlinkat(SafeFileHandle directory, string path, int flags);
}
