using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets the owner and group of a name in an open directory, of a symlink itself: fchownat(2). Clears set-id bits of files.</summary>
    public static void ChangeOwnerAt(SafeFileHandle directory, string path, int user, int group) =>
        Check(fchownat(directory, path, user, group, SymlinkNoFollow), "fchownat", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fchownat(SafeFileHandle directory, string path, int user, int group, int flags);
}
