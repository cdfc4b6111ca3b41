using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets the permission bits of a name in an open directory, whatever the umask: fchmodat(2). The name must not be a symlink's.</summary>
    public static void ChangeModeAt(SafeFileHandle directory, string path, int mode) => Check(fchmodat(directory, path, mode, 0), "fchmodat", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fchmodat(SafeFileHandle directory, string path, int mode, int flags);
}
