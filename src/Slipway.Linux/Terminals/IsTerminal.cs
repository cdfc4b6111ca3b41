using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>True where a descriptor is a terminal: isatty(3).</summary>
    internal static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    [LibraryImport(Library)]
    private static partial int isatty(int descriptor);
}
