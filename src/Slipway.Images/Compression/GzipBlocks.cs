using System.Buffers;
using System.IO.Compression;

namespace Slipway.Images.Compression;

/// <summary>
/// Compresses on all cores: each block of the plain bytes is a gzip member of its own (RFC 1952 allows any number), so that the result depends on the bytes and
/// never on how many cores there are. Every reader of layers joins members. A block that would hardly become smaller, as of a model's weights, is stored as it is,
/// which costs a hundredth of the time; a few samples of it say so.
/// </summary>
public static class GzipBlocks
{
    /// <summary>Large enough that the members' own headers and lost history cost little, and so small that the cores end together.</summary>
    public const int BlockBytes = 1 << 20;

    // Eight places of a block, a thirty-second of it; together they must become at least a thirtieth smaller.
    private const int Samples = 8;
    private const int SampleBytes = 4 << 10;
    private const int WorthBytes = Samples * SampleBytes * 29 / 30;

    /// <summary>Reads <paramref name="plain"/> to its end and writes the members in order; at most so many blocks are in memory as there are cores, and one.</summary>
    public static async Task WriteAsync(Stream plain, Stream target, CancellationToken cancellationToken)
    {
        Queue<(byte[] Plain, Task<MemoryStream> Member)> running = new();
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
            running.Enqueue((block, Task.Run(() => Compress(block.AsSpan(0, length)), cancellationToken)));
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
            (byte[] block, Task<MemoryStream> compressing) = running.Dequeue();
            using MemoryStream member = await compressing;
            ArrayPool<byte>.Shared.Return(block);
            await target.WriteAsync(member.GetBuffer().AsMemory(0, (int)member.Length), cancellationToken);
        }
    }

    private static MemoryStream Compress(ReadOnlySpan<byte> block)
    {
        bool isWorthIt = IsWorthIt(block);
        MemoryStream member = new(isWorthIt ? block.Length / 2 : block.Length + (block.Length >> 10) + 64);
        using (GZipStream gzip = new(member, isWorthIt ? CompressionLevel.Fastest : CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(block);
        }

        return member;
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
}
