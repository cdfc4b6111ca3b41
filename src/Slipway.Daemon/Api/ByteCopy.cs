using System.Buffers;
using Slipway.Content;

namespace Slipway.Daemon.Api;

/// <summary>Copies a known number of bytes in large pieces.</summary>
internal static class ByteCopy
{
    private const int PieceBytes = 1024 * 1024;

    /// <summary>Reads the next piece while the last one is written: a read digests what it reads, and a write waits for the client.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: the source ends early.</exception>
    public static async Task ExactlyAsync(Stream source, Stream target, long length, CancellationToken cancellationToken)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        byte[]? other = null;
        Task<int> ahead = Task.FromResult(0);
        try
        {
            int count = length == 0 ? 0 : await ReadAsync(source, piece, length, cancellationToken);
            while (length > 0)
            {
                length -= count;
                if (length > 0)
                {
                    byte[] next = other ??= ArrayPool<byte>.Shared.Rent(PieceBytes);
                    long left = length;
                    ahead = Task.Run(() => ReadAsync(source, next, left, cancellationToken), CancellationToken.None);
                }

                await target.WriteAsync(piece.AsMemory(0, count), cancellationToken);
                if (length > 0)
                {
                    count = await ahead;
                    (piece, other) = (other!, piece);
                }
            }
        }
        finally
        {
            // It must not read into a buffer that is somebody else's by then.
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(piece);
            if (other is not null)
            {
                ArrayPool<byte>.Shared.Return(other);
            }
        }
    }

    private static async Task<int> ReadAsync(Stream source, byte[] piece, long left, CancellationToken cancellationToken)
    {
        int count = await source.ReadAsync(piece.AsMemory(0, (int)Math.Min(piece.Length, left)), cancellationToken);
        return count > 0 ? count : throw new SlipwayException(ErrorKind.Corrupt, $"the stored bytes end {left} bytes early");
    }
}
