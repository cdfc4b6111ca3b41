using System.Buffers;
using System.IO.Compression;

namespace Slipway.Images.Compression;

/// <summary>
/// Compresses on all cores: each block of the plain bytes is a gzip member of its own (RFC 1952 allows any number), so that the result depends on the bytes and
/// never on how many cores there are. Every reader of layers joins members. A block that would hardly become smaller, as of a model's weights or of a wheel, is stored as
/// it is, which costs a tenth of the time; a few samples of it say so.
/// </summary>
public static class GzipBlocks
{
    /// <summary>Large enough that the members' own headers and lost history cost little, and so small that the cores end together.</summary>
    public const int BlockBytes = 1 << 20;

    /// <summary>Codes of fixed length have at most nine bits for a byte (RFC 1951, section 3.2.6), so a member is at most an eighth larger than its block.</summary>
    private const int MostOverhead = (BlockBytes >> 3) + (64 << 10);

    // Eight places of a block, a thirty-second of it; together they must become at least an eighth smaller: for less, ZFS keeps a block as it is, too.
    private const int Samples = 8;
    private const int SampleBytes = 4 << 10;
    private const int WorthBytes = Samples * SampleBytes * 7 / 8;

    /// <summary>Reads <paramref name="plain"/> to its end and writes the members in order; at most so many blocks are in memory as there are cores, and one.</summary>
    public static async Task WriteAsync(Stream plain, Stream target, CancellationToken cancellationToken)
    {
        Queue<Task<Member>> running = new();
        bool isFirst = true;
        while (true)
        {
            byte[] block = ArrayPool<byte>.Shared.Rent(BlockBytes);
            int length = await plain.ReadAtLeastAsync(block.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellationToken);
            if (length == 0 && !isFirst)
            {
                ArrayPool<byte>.Shared.Return(block);
                break;
            }

            isFirst = false;
            running.Enqueue(Task.Run(() => Compress(block, length), cancellationToken));
            if (running.Count > Environment.ProcessorCount)
            {
                await NextAsync();
            }
        }

        while (running.Count > 0)
        {
            await NextAsync();
        }

        async Task NextAsync()
        {
            Member member = await running.Dequeue();
            await target.WriteAsync(member.Bytes.AsMemory(0, member.Length), cancellationToken);
            ArrayPool<byte>.Shared.Return(member.Bytes);
        }
    }

    /// <param name="block">Lent, and given back here.</param>
    /// <returns>Lent, too: what takes megabytes anew for each block has them cleared, and collected.</returns>
    private static Member Compress(byte[] block, int length)
    {
        byte[] member = ArrayPool<byte>.Shared.Rent(BlockBytes + MostOverhead);
        using MemoryStream target = new(member);
        using (GZipStream gzip = new(target, IsWorthIt(block.AsSpan(0, length)) ? CompressionLevel.Fastest : CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(block, 0, length);
        }

        ArrayPool<byte>.Shared.Return(block);
        return new(member, (int)target.Position);
    }

    private static bool IsWorthIt(ReadOnlySpan<byte> block)
    {
        if (block.Length < Samples * SampleBytes)
        {
            return true;
        }

        MemoryStream compressed = new(SampleBytes * Samples);
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int sample = 0; sample < Samples; sample++)
            {
                gzip.Write(block.Slice((int)((long)(block.Length - SampleBytes) * sample / (Samples - 1)), SampleBytes));
            }
        }

        return compressed.Length < WorthBytes;
    }

    private readonly record struct Member(byte[] Bytes, int Length);
}
