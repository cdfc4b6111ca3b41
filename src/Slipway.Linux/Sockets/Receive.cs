using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Receives what has come, waiting for the first byte: recv(2). 0 at the end.</summary>
    public static unsafe int Receive(SafeFileHandle socket, Span<byte> buffer)
    {
        nint result;
        fixed (byte* bytes = buffer)
        {
            do
            {
                result = recv(socket, bytes, (nuint)buffer.Length, 0);
            }
            while (Interrupted(result));
        }

        return (int)Check(result, "recv");
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint recv(SafeFileHandle socket, byte* buffer, nuint length, int flags);
}
