using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Makes a device node, fifo or socket in an open directory: mknodat(2). The umask applies.</summary>
    /// <param name="mode">The type (S_IFCHR …) and the permission bits.</param>
    public static void MakeNodeAt(SafeFileHandle directory, string path, int mode, uint major = 0, uint minor = 0)
    {
        ulong device = ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);
        Check(mknodat(directory, path, mode, device), "mknodat", path);
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknodat(SafeFileHandle directory, string path, int mode, ulong device);
}
