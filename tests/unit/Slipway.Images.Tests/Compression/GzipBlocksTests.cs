using System.IO.Compression;

namespace Slipway.Images.Compression;

public sealed class GzipBlocksTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(GzipBlocks.BlockBytes)]
    [InlineData((3 * GzipBlocks.BlockBytes) + 5)]
    public async Task What_is_compressed_comes_back_and_depends_on_the_bytes_alone(int length)
    {
        byte[] plain = new byte[length];
        new Random(length).NextBytes(plain.AsSpan(0, length / 2));
        byte[] compressed = await CompressAsync(new MemoryStream(plain));
        Assert.Equal(compressed, await CompressAsync(new Piecemeal(plain)));

        using GZipStream gzip = new(new MemoryStream(compressed), CompressionMode.Decompress);
        using MemoryStream expanded = new();
        gzip.CopyTo(expanded);
        Assert.Equal(plain, expanded.ToArray());
    }

    private static async Task<byte[]> CompressAsync(Stream plain)
    {
        using MemoryStream target = new();
        await GzipBlocks.WriteAsync(plain, target, CancellationToken.None);
        return target.ToArray();
    }

    /// <summary>Gives a few thousand bytes at a time, as a socket does.</summary>
    private sealed class Piecemeal(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 4999)], cancellationToken);
    }
}
