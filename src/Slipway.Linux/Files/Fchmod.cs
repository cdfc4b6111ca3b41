using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets the permission bits of an open file, whatever the umask: fchmod(2).</summary>
    /// <param name="path">Only for the error message.</param>
    public static void Fchmod(SafeFileHandle file, int mode, string? path = null) => Check(fchmod(file, mode), "fchmod", path);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fchmod(SafeFileHandle file, int mode);
}
