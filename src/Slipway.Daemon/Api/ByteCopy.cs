using System.IO.Pipelines;
using Slipway.Content;

namespace Slipway.Daemon.Api;

/// <summary>Copies a known number of bytes to a client in large pieces, read into the very memory that they are sent from.</summary>
internal static class ByteCopy
{
    private const int PieceBytes = 512 * 1024;

    /// <summary>
    /// So many bytes may wait for a client: one piece is on its way while the next is read, which may mean to digest it.
    /// </summary>
    public const int MostWaiting = 2 * PieceBytes;

    /// <summary>Gives <paramref name="length"/> bytes of <paramref name="source"/> to <paramref name="target"/>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: the source ends early.</exception>
    public static async Task ExactlyAsync(Stream source, PipeWriter target, long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            int size = (int)Math.Min(PieceBytes, length);
            int count = await source.ReadAsync(target.GetMemory(size)[..size], cancellationToken);
            if (count == 0)
            {
                throw new SlipwayException(ErrorKind.Corrupt, $"the stored bytes end {length} bytes early");
            }

            target.Advance(count);
            length -= count;
            FlushResult flushed = await target.FlushAsync(cancellationToken);
            if (flushed.IsCompleted)
            {
                // Nobody reads any more; the server ends the request by itself.
                return;
            }
        }
    }
}
