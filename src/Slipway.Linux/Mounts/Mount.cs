using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Mounts a file system, binds a path or changes a mount's flags: mount(2).</summary>
    /// <param name="options">The file system's own options, at most a page; null for none.</param>
    public static void Mount(string? source, string target, string? type, MountFlags flags, string? options = null) =>
        Check(mount(source, target, type, (nuint)flags, options), "mount", target);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, nuint flags, string? options);
}
