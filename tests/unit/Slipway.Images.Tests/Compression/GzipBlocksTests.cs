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

    [Fact]
    public async Task A_block_of_random_bytes_is_stored_and_others_beside_it_are_compressed()
    {
        byte[] plain = new byte[3 * GzipBlocks.BlockBytes];
        new Random(1).NextBytes(plain.AsSpan(GzipBlocks.BlockBytes, GzipBlocks.BlockBytes));
        byte[] compressed = await CompressAsync(new MemoryStream(plain));

        Assert.InRange(compressed.Length, GzipBlocks.BlockBytes, GzipBlocks.BlockBytes + (GzipBlocks.BlockBytes >> 4));
        Assert.True(compressed.AsSpan().IndexOf(plain.AsSpan(GzipBlocks.BlockBytes, 1000)) >= 0);
    }

    [Theory]
    [InlineData(800, true)]
    [InlineData(980, false)]
    public async Task A_block_of_which_a_fifth_repeats_is_compressed_and_one_of_which_a_twentieth_does_is_stored(int randomOfEach1024, bool isCompressed)
    {
        byte[] plain = new byte[GzipBlocks.BlockBytes];
        Random random = new(1);
        for (int at = 0; at < plain.Length; at += 1 << 10)
        {
            random.NextBytes(plain.AsSpan(at, randomOfEach1024));
        }

        int length = (await CompressAsync(new MemoryStream(plain))).Length;
        Assert.Equal(isCompressed, length < plain.Length * 9 / 10);
        Assert.Equal(!isCompressed, length > plain.Length);
    }

    [Fact]
    public async Task A_block_whose_samples_promise_too_much_may_grow_and_comes_back()
    {
        // Bytes that codes of fixed length write in nine bits, but where the samples are taken.
        byte[] plain = new byte[GzipBlocks.BlockBytes];
        Random random = new(1);
        for (int at = 0; at < plain.Length; at++)
        {
            plain[at] = (byte)random.Next(144, 256);
        }

        for (int sample = 0; sample < 8; sample++)
        {
            plain.AsSpan((int)((plain.Length - 4096L) * sample / 7), 4096).Clear();
        }

        byte[] compressed = await CompressAsync(new MemoryStream(plain));
        using GZipStream gzip = new(new MemoryStream(compressed), CompressionMode.Decompress);
        using MemoryStream expanded = new();
        gzip.CopyTo(expanded);
        Assert.Equal(plain, expanded.ToArray());
        Assert.Equal(-1, compressed.AsSpan().IndexOf(plain.AsSpan(10_000, 1000)));
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
