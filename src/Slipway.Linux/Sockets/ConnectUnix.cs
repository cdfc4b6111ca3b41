using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>What the kernel allows of a path in sockaddr_un, in bytes, without the closing NUL.</summary>
    public const int MaximumUnixPathBytes = 107;

    /// <summary>A blocking stream socket that is connected to the one at <paramref name="path"/>: socket(2), connect(2).</summary>
    /// <exception cref="ArgumentException">The path is longer than <see cref="MaximumUnixPathBytes"/>.</exception>
    /// <exception cref="LinuxException">ENOENT, ECONNREFUSED: nobody listens; EACCES: not ours to use.</exception>
    public static unsafe SafeFileHandle ConnectUnix(string path)
    {
        const ushort unixFamily = 1;
        const int closeOnExec = 0x80000;
        Span<byte> address = stackalloc byte[sizeof(ushort) + MaximumUnixPathBytes + 1];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, unixFamily);
        if (Encoding.UTF8.GetByteCount(path) > MaximumUnixPathBytes)
        {
            throw new ArgumentException($"a socket's path has at most {MaximumUnixPathBytes} bytes, and '{path}' has more", nameof(path));
        }

        Encoding.UTF8.GetBytes(path, address[sizeof(ushort)..]);
        int descriptor = (int)Check(socket(unixFamily, StreamSocket | closeOnExec, 0), "socket");
        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        int errno;
        long result;
        fixed (byte* bytes = address)
        {
            do
            {
                result = connect(handle, bytes, (uint)address.Length);
                errno = Marshal.GetLastPInvokeError();
            }
            while (result < 0 && errno == Errno.EINTR);
        }

        if (result < 0)
        {
            handle.Dispose();
            throw new LinuxException(errno, "connect", path);
        }

        return handle;
    }

    private const int StreamSocket = 1;

    [LibraryImport(Library, SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial int connect(SafeFileHandle socket, byte* address, uint length);
}
