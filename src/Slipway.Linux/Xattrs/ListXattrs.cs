using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>The names of the extended attributes of what stands at a path, of a symlink itself: llistxattr(2).</summary>
    public static IReadOnlyList<string> ListXattrs(string path)
    {
        byte[] buffer = new byte[1024];
        while (true)
        {
            nint length = llistxattr(path, buffer, buffer.Length);
            int errno = Marshal.GetLastPInvokeError();
            switch (errno)
            {
                case var _ when length == 0:
                    return [];
                case var _ when length > 0:
                    return System.Text.Encoding.UTF8.GetString(buffer, 0, (int)length - 1).Split('\0');
                case Errno.ERANGE when buffer.Length < 64 * 1024:
                    buffer = new byte[64 * 1024];
                    break;
                case Errno.ENOTSUP:
                    return [];
                default:
                    throw new LinuxException(errno, "llistxattr", path);
            }
        }
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint llistxattr(string path, byte[] buffer, nint size);
}
