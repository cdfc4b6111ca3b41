using System.Runtime.InteropServices;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>Writes to a standard descriptor and returns how many bytes were taken: write(2). A reader that has gone is EPIPE.</summary>
    public static unsafe int Write(int descriptor, ReadOnlySpan<byte> buffer)
    {
        nint result;
        fixed (byte* bytes = buffer)
        {
            do
            {
                result = write(descriptor, bytes, (nuint)buffer.Length);
            }
            while (Interrupted(result));
        }

        return (int)Check(result, "write");
    }

    [LibraryImport(Library, SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* buffer, nuint count);
}
