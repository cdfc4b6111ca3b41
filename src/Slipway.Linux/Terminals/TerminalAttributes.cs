using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>The settings of the terminal behind a descriptor, or null where there is no terminal: tcgetattr(3).</summary>
    internal static TerminalAttributes? GetTerminalAttributes(int descriptor) =>
        tcgetattr(descriptor, out TerminalAttributes attributes) == 0 ? attributes : null;

    [LibraryImport(Library, SetLastError = true)]
    private static partial int tcgetattr(int descriptor, out TerminalAttributes attributes);
}

/// <summary>struct termios of the C library: four words of flags, the line discipline, 32 control characters and two speeds.</summary>
[StructLayout(LayoutKind.Sequential, Size = 60)]
internal struct TerminalAttributes
{
    public uint InputFlags;
    public uint OutputFlags;
    public uint ControlFlags;
    public uint LocalFlags;
}
