using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Begins an open directory again from its first name: lseek(2).</summary>
    private static void Rewind(SafeFileHandle directory, string? path)
    {
        const int fromStart = 0;
        Check(lseek(directory, 0, fromStart), "lseek", path);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int origin);
}
