using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>As <see cref="UnlinkAt"/> for a name of bytes that need not be UTF-8; gives the error number, 0 for success.</summary>
    public static int TryUnlinkAt(SafeFileHandle directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        int result = unlinkat_raw(directory, Terminated(name), isDirectory ? RemoveDirectory : 0);
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int unlinkat_raw(SafeFileHandle directory, byte[] name, int flags);
}
