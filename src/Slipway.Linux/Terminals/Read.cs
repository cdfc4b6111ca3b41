using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Reads what a standard descriptor has, waiting for the first byte: read(2). 0 at the end.</summary>
    public static unsafe int Read(int descriptor, Span<byte> buffer)
    {
        nint result;
        fixed (byte* bytes = buffer)
        {
            do
            {
                result = read(descriptor, bytes, (nuint)buffer.Length);
            }
            while (Interrupted(result));
        }

        return (int)Check(result, "read");
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* buffer, nuint count);
}
