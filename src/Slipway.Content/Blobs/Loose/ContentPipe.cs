using System.Buffers;
using Slipway.Content.Hashing;

namespace Slipway.Content.Blobs.Loose;

/// <summary>
/// Digests a stream, and writes it to a file, in one pass over bounded buffers. While one buffer is hashed and written side by side, the
/// next is read.
/// </summary>
internal static class ContentPipe
{
    private const int BufferSize = 1 << 20;

    /// <summary>Takes <paramref name="head"/> and then <paramref name="rest"/> to its end.</summary>
    /// <returns>What came, and the state of its hash, where there is one.</returns>
    /// <param name="target">Where the bytes go, from offset 0; null only digests them.</param>
    public static async ValueTask<(BlobInfo Blob, HashState? State)> RunAsync(
        ReadOnlyMemory<byte> head, Stream rest, TemporaryFile? target, CancellationToken cancellationToken)
    {
        using ResumableHash hash = new();
        byte[] current = ArrayPool<byte>.Shared.Rent(BufferSize);
        byte[] ahead = ArrayPool<byte>.Shared.Rent(BufferSize);
        await using Writeback writeback = new(target?.Handle);
        try
        {
            hash.Append(head.Span);
            Write(target, head, 0);
            long position = head.Length;
            int length = await FillAsync(rest, current, cancellationToken);
            while (length == BufferSize)
            {
                ReadOnlyMemory<byte> full = current.AsMemory(0, length);
                long offset = position;
                Task hashing = Task.Run(() => hash.Append(full.Span), CancellationToken.None);
                Task writing = target is null ? Task.CompletedTask : Task.Run(() => Write(target, full, offset), CancellationToken.None);
                position += length;
                try
                {
                    length = await FillAsync(rest, ahead, cancellationToken);
                }
                finally
                {
                    // Both read `current`: it may not go back to the pool before them.
                    await Task.WhenAll(hashing, writing);
                }

                writeback.Advance(position);
                (current, ahead) = (ahead, current);
            }

            // The last part, often the only one: not worth a hop to another thread.
            hash.Append(current.AsSpan(0, length));
            Write(target, current.AsMemory(0, length), position);
            position += length;
            return (new BlobInfo(hash.Current(), position), hash.State);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(ahead);
        }
    }

    private static ValueTask<int> FillAsync(Stream source, byte[] buffer, CancellationToken cancellationToken) =>
        source.ReadAtLeastAsync(buffer.AsMemory(0, BufferSize), BufferSize, throwOnEndOfStream: false, cancellationToken);

    private static void Write(TemporaryFile? target, ReadOnlyMemory<byte> bytes, long offset)
    {
        if (target is not null && !bytes.IsEmpty)
        {
            target.Write(bytes.Span, offset);
        }
    }
}
