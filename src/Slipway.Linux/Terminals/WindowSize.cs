using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>The size of the terminal behind a descriptor, or null where there is none: ioctl(2) with TIOCGWINSZ.</summary>
    internal static TerminalSize? GetWindowSize(int descriptor)
    {
        const nuint getWindowSize = 0x5413;
        return ioctl(descriptor, getWindowSize, out WindowSize size) == 0 ? new TerminalSize(size.Rows, size.Columns) : null;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, out WindowSize size);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
