using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Returns once the file's bytes, and what is needed to read them back, are on the disk: fdatasync(2).</summary>
    /// <param name="path">Only for the error message.</param>
    public static void Fdatasync(SafeFileHandle file, string? path = null)
    {
        int result;
        do
        {
            result = fdatasync(file);
        }
        while (Interrupted(result));
        Check(result, "fdatasync", path);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);
}
