using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets an extended attribute of what stands at a path, of a symlink itself: lsetxattr(2).</summary>
    public static void SetXattr(string path, string name, ReadOnlySpan<byte> value) =>
        Check(lsetxattr(path, name, value, value.Length, 0), "lsetxattr", $"{path} ({name})");

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lsetxattr(string path, string name, ReadOnlySpan<byte> value, nint size, int flags);
}
