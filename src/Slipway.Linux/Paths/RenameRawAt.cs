using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Renames a name of bytes that need not be UTF-8: renameat(2).</summary>
    public static void RenameAt(SafeFileHandle oldDirectory, ReadOnlySpan<byte> oldName, SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        Check(renameat_raw(oldDirectory, Terminated(oldName), directory, Terminated(name)), "renameat", System.Text.Encoding.UTF8.GetString(name));

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true)]
    private static partial int renameat_raw(SafeFileHandle oldDirectory, byte[] oldName, SafeFileHandle directory, byte[] name);
}
