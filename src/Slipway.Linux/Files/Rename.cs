using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Renames within one file system, replacing what stands at <paramref name="path"/>: rename(2). Unlike File.Move it never copies: another
    /// file system is EXDEV.
    /// </summary>
    public static void Rename(string existing, string path) => Check(rename(existing, path), "rename", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string existing, string path);
}
