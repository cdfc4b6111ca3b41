using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Makes a directory in an open directory: mkdirat(2). The umask applies.</summary>
    public static void MakeDirectoryAt(SafeFileHandle directory, string path, int mode) => Check(mkdirat(directory, path, mode), "mkdirat", path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(SafeFileHandle directory, string path, int mode);
}
