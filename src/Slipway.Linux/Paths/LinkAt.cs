using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Gives a file a second name, both relative to open directories: linkat(2). A symlink is linked itself, not followed.</summary>
    public static void LinkAt(SafeFileHandle existingDirectory, string existing, SafeFileHandle directory, string path) =>
        Check(linkat(existingDirectory, existing, directory, path, 0), "linkat", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int linkat(SafeFileHandle existingDirectory, string existing, SafeFileHandle directory, string path, int flags);
}
