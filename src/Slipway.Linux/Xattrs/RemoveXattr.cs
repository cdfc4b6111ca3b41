using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Removes an extended attribute of what stands at a path, of a symlink itself; an absent one is no error: lremovexattr(2).</summary>
    public static void RemoveXattr(string path, string name)
    {
        int result = lremovexattr(path, name);
        int errno = Marshal.GetLastPInvokeError();
        if (result < 0 && errno != Errno.ENODATA)
        {
            throw new LinuxException(errno, "lremovexattr", $"{path} ({name})");
        }
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lremovexattr(string path, string name);
}
