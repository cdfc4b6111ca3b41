using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Makes a symlink in an open directory that says <paramref name="target"/>: symlinkat(2).</summary>
    public static void SymlinkAt(string target, SafeFileHandle directory, string path) => Check(symlinkat(target, directory, path), "symlinkat", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int symlinkat(string target, SafeFileHandle directory, string path);
}
