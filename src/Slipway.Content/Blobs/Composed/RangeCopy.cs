using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Loose;

namespace Slipway.Content.Blobs.Composed;

/// <summary>Copies a range of one file to another: its whole blocks by reference where the file system can, the rest inside the kernel.</summary>
internal static class RangeCopy
{
    private const long Block = 64 << 10;
    private const int Step = 1 << 30;
    private const int BufferSize = 1 << 20;

    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: the source is shorter.</exception>
    public static void Run(SafeFileHandle source, long from, TemporaryFile target, long to, long length, CancellationToken cancellationToken)
    {
        long shared = length / Block * Block;
        if (from % Block == 0 && to % Block == 0 && shared > 0 && target.TryCloneFrom(source, from, to, shared))
        {
            (from, to, length) = (from + shared, to + shared, length - shared);
        }

        while (length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long copied = target.CopyFrom(source, from, to, Math.Min(length, Step));
            copied = copied < 0 ? CopyByHand(source, from, target, to, length) : copied;
            if (copied == 0)
            {
                throw new SlipwayException(ErrorKind.Corrupt, "a stored file is shorter than it was", "slipway verify --all names what is damaged.");
            }

            (from, to, length) = (from + copied, to + copied, length - copied);
        }
    }

    private static int CopyByHand(SafeFileHandle source, long from, TemporaryFile target, long to, long length)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length)), from);
            target.Write(buffer.AsSpan(0, count), to);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
