using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Gives the file at <paramref name="existing"/> a second name: link(2). Never follows a symlink; never replaces a file (EEXIST).</summary>
    public static void Link(string existing, string path) => Check(link(existing, path), "link", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string path);
}
