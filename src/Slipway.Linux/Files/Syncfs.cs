using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Returns once everything written to the file system that holds <paramref name="file"/> is on the disk: syncfs(2).</summary>
    /// <param name="path">Only for the error message.</param>
    public static void Syncfs(SafeFileHandle file, string? path = null) => Check(syncfs(file), "syncfs", path);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);
}
