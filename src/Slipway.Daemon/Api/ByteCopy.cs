using System.Buffers;
using Slipway.Content;

namespace Slipway.Daemon.Api;

/// <summary>Copies a known number of bytes in large pieces.</summary>
internal static class ByteCopy
{
    private const int PieceBytes = 1024 * 1024;

    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: the source ends early.</exception>
    public static async Task ExactlyAsync(Stream source, Stream target, long length, CancellationToken cancellationToken)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (length > 0)
            {
                int read = await source.ReadAsync(piece.AsMemory(0, (int)Math.Min(piece.Length, length)), cancellationToken);
                if (read == 0)
                {
                    throw new SlipwayException(ErrorKind.Corrupt, $"the stored bytes end {length} bytes early");
                }

                await target.WriteAsync(piece.AsMemory(0, read), cancellationToken);
                length -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
