using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>The value of an extended attribute of what stands at a path, of a symlink itself; null where it has none: lgetxattr(2).</summary>
    public static byte[]? GetXattr(string path, string name)
    {
        byte[] buffer = new byte[256];
        while (true)
        {
            nint length = lgetxattr(path, name, buffer, buffer.Length);
            int errno = Marshal.GetLastPInvokeError();
            switch (errno)
            {
                case var _ when length >= 0:
                    return buffer[..(int)length];
                case Errno.ERANGE when buffer.Length < 64 * 1024:
                    buffer = new byte[64 * 1024];
                    break;
                case Errno.ENODATA or Errno.ENOTSUP:
                    return null;
                default:
                    throw new LinuxException(errno, "lgetxattr", $"{path} ({name})");
            }
        }
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint lgetxattr(string path, string name, byte[] buffer, nint size);
}
