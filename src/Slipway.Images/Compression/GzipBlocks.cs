using System.IO.Compression;

namespace Slipway.Images.Compression;

/// <summary>
/// Compresses on all cores: each block of the plain bytes is a gzip member of its own (RFC 1952 allows any number), so that the result depends on the bytes and
/// never on how many cores there are. Every reader of layers joins members.
/// </summary>
public static class GzipBlocks
{
    /// <summary>Large enough that the members' own headers and lost history cost a hundredth of a percent.</summary>
    public const int BlockBytes = 4 << 20;

    /// <summary>Reads <paramref name="plain"/> to its end and writes the members in order; at most so many blocks are in memory as there are cores, and one.</summary>
    public static async Task WriteAsync(Stream plain, Stream target, CancellationToken cancellationToken)
    {
        Queue<Task<MemoryStream>> running = new();
        bool isFirst = true;
        while (true)
        {
            byte[] block = new byte[BlockBytes];
            int length = await plain.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken);
            if (length == 0 && !isFirst)
            {
                break;
            }

            isFirst = false;
            running.Enqueue(Task.Run(() => Compress(block.AsSpan(0, length)), cancellationToken));
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
            using MemoryStream member = await running.Dequeue();
            await target.WriteAsync(member.GetBuffer().AsMemory(0, (int)member.Length), cancellationToken);
        }
    }

    private static MemoryStream Compress(ReadOnlySpan<byte> block)
    {
        MemoryStream member = new();
        using (GZipStream gzip = new(member, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(block);
        }

        return member;
    }
}
