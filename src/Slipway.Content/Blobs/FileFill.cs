using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs;

/// <summary>Writes what a stream holds into an empty file, over one bounded buffer.</summary>
internal static class FileFill
{
    private const int BufferSize = 1 << 18;

    public static async ValueTask RunAsync(Stream content, SafeFileHandle target, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long position = 0;
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                // Zeros need not be written: a file of holes takes no room.
                if (buffer.AsSpan(0, count).ContainsAnyExcept((byte)0))
                {
                    RandomAccess.Write(target, buffer.AsSpan(0, count), position);
                }

                position += count;
            }

            if (RandomAccess.GetLength(target) < position)
            {
                RandomAccess.SetLength(target, position);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
