using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets the owner and group of an open file: fchown(2). Clears set-id bits, so it comes before the mode.</summary>
    /// <param name="path">Only for the error message.</param>
    public static void ChangeOwner(SafeFileHandle file, int user, int group, string? path = null) => Check(fchown(file, user, group), "fchown", path);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, int user, int group);
}
