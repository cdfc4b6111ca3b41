using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>The text of the symlink at a name in an open directory: readlinkat(2).</summary>
    public static string ReadLinkAt(SafeFileHandle directory, string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        long length = Check(readlinkat(directory, path, buffer, buffer.Length), "readlinkat", path);
        return System.Text.Encoding.UTF8.GetString(buffer[..(int)length]);
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint readlinkat(SafeFileHandle directory, string path, Span<byte> buffer, nint size);
}
