using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Turns settings into those that pass every byte on untouched: cfmakeraw(3).</summary>
    internal static void MakeRaw(ref TerminalAttributes attributes) => cfmakeraw(ref attributes);

    [LibraryImport(Library)]
    private static partial void cfmakeraw(ref TerminalAttributes attributes);
}
