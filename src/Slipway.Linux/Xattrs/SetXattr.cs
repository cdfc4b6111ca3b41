using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets an extended attribute of an open file or directory (not of an O_PATH handle): fsetxattr(2).</summary>
    /// <param name="path">Only for the error message.</param>
    public static void SetXattr(SafeFileHandle file, string name, ReadOnlySpan<byte> value, string? path = null) =>
        Check(fsetxattr(file, name, value, value.Length, 0), "fsetxattr", path is null ? name : $"{path} ({name})");

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int fsetxattr(SafeFileHandle file, string name, ReadOnlySpan<byte> value, nint size, int flags);
}
