using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Renames within and between open directories: renameat2(2).</summary>
    /// <param name="noReplace">An existing file at the new name is an error (EEXIST) instead of being replaced.</param>
    public static void RenameAt(SafeFileHandle oldDirectory, string oldPath, SafeFileHandle directory, string path, bool noReplace = false) =>
        Check(renameat2(oldDirectory, oldPath, directory, path, noReplace ? 1u : 0u), "renameat2", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(SafeFileHandle oldDirectory, string oldPath, SafeFileHandle directory, string path, uint flags);
}
