using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>The effective user of this process; 0 is root: geteuid(2).</summary>
    public static int EffectiveUser() => (int)geteuid();

    [LibraryImport(Library)]
    private static partial uint geteuid();
}
