using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>What kind of file system holds a file: fstatfs(2), f_type; see <see cref="FileSystemKind"/>.</summary>
    /// <param name="path">Only for the error message.</param>
    public static FileSystemKind FileSystemOf(SafeFileHandle file, string? path = null)
    {
        // struct statfs is 120 bytes on 64-bit machines; its first word is the type.
        Span<long> buffer = stackalloc long[16];
        int result;
        do
        {
            result = fstatfs(file, ref MemoryMarshal.GetReference(buffer));
        }
        while (Interrupted(result));
        Check(result, "fstatfs", path);
        return (FileSystemKind)buffer[0];
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, ref long buffer);
}
