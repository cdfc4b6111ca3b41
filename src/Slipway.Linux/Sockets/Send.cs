using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Sends and returns how many bytes were taken, waiting for room: send(2). A peer that has gone is EPIPE and no signal.</summary>
    public static unsafe int Send(SafeFileHandle socket, ReadOnlySpan<byte> buffer)
    {
        const int noSignal = 0x4000;
        nint result;
        fixed (byte* bytes = buffer)
        {
            do
            {
                result = send(socket, bytes, (nuint)buffer.Length, noSignal);
            }
            while (Interrupted(result));
        }

        return (int)Check(result, "send");
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint send(SafeFileHandle socket, byte* buffer, nuint length, int flags);
}
