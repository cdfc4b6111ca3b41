using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Returns once the file's (or directory's) bytes and metadata are on the disk: fsync(2).</summary>
    /// <param name="path">Only for the error message.</param>
    public static void Fsync(SafeFileHandle file, string? path = null)
    {
        int result;
        do
        {
            result = fsync(file);
        }
        while (Interrupted(result));
        Check(result, "fsync", path);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);
}
