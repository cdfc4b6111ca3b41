using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sets a terminal's settings once its output is drained: tcsetattr(3).</summary>
    internal static void SetTerminalAttributes(int descriptor, TerminalAttributes attributes)
    {
        const int drain = 1;
        Check(tcsetattr(descriptor, drain, ref attributes), "tcsetattr");
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int tcsetattr(int descriptor, int actions, ref TerminalAttributes attributes);
}
