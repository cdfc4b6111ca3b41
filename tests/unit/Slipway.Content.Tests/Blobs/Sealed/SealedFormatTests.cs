using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Keys;

namespace Slipway.Content.Tests.Blobs.Sealed;

public sealed class SealedFormatTests
{
    private static readonly ProjectKeys Keys = SealedStore.KeysOf(1);
    private static readonly byte[] Salt = [.. Enumerable.Range(0, SealedFormat.SaltSize).Select(i => (byte)i)];

    /// <summary>Made with Python's cryptography from docs/format.md alone: what a stored blob means never changes.</summary>
    [Theory]
    [InlineData(0, "b1dbf6fc1551b6c57d3282579d327aeb2b53852c2c933922f4beb48a4ed2c0b6")]
    [InlineData(3, "1dd3edacd971c85e1a99b66dc36ca2e71a7f88b525f472e78b312d9ca9be7eaa")]
    [InlineData(65536, "c25aa2dcd93ef076df1180dbf3fc782d58714536c4bfaf12b8fff9df79a3a729")]
    [InlineData(65537, "dbd50e10290de99d592413dce0f95cc817f5e5899c758452b9c3c6216f615d0c")]
    public async Task The_bytes_of_a_sealed_blob_are_a_promise(int length, string digest)
    {
        byte[] plain = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        byte[] bytes = await SealAsync(plain);
        Assert.Equal(SealedFormat.LengthOf(length), bytes.Length);
        Assert.Equal(digest, Digest.Of(bytes).Hex);
        Assert.Equal(plain, Read(bytes, plain));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task A_change_of_any_bit_is_found(int length)
    {
        byte[] plain = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        byte[] bytes = await SealAsync(plain);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            SlipwayException found = Assert.Throws<SlipwayException>(() => Read(changed, plain));
            Assert.Equal(ErrorKind.Corrupt, found.Kind);
        }
    }

    [Fact]
    public async Task What_is_cut_off_moved_or_left_out_is_found()
    {
        const int segment = SealedFormat.SegmentSize + SealedFormat.TagSize;
        byte[] plain = [.. Enumerable.Range(0, 3 * SealedFormat.SegmentSize).Select(i => (byte)(i >> 8))];
        byte[] bytes = await SealAsync(plain);
        byte[] head = bytes[..SealedFormat.HeaderSize];
        byte[][] parts = [.. Enumerable.Range(0, 3).Select(i => bytes.AsSpan(SealedFormat.HeaderSize + (i * segment), segment).ToArray())];
        Assert.Equal(plain, Read([.. head, .. parts[0], .. parts[1], .. parts[2]], plain));

        byte[][] forgeries =
        [
            [.. head, .. parts[1], .. parts[0], .. parts[2]],
            [.. head, .. parts[0], .. parts[0], .. parts[2]],
            [.. head, .. parts[0], .. parts[1], .. parts[1]],
            bytes[..^1],
            [.. bytes, 0],
        ];
        Assert.All(forgeries, forged => Assert.Throws<SlipwayException>(() => Read(forged, plain)));

        // Also where somebody could make the index tell of a shorter blob.
        byte[] shorter = plain[..(2 * SealedFormat.SegmentSize)];
        Assert.Throws<SlipwayException>(() => Read([.. head, .. parts[0], .. parts[1]], shorter));
    }

    [Fact]
    public async Task A_part_is_read_without_the_rest()
    {
        byte[] plain = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31))];
        byte[] bytes = await SealAsync(plain);
        bytes[SealedFormat.HeaderSize] ^= 1;
        using OpeningStream stream = OpeningStream.Open(new MemoryStream(bytes), RowOf(plain), Keys);
        stream.Position = 100_000;
        byte[] part = new byte[50_000];
        stream.ReadExactly(part);
        Assert.Equal(plain[100_000..150_000], part);
        stream.Position = 0;
        Assert.Throws<SlipwayException>(() => stream.ReadByte());
    }

    private static async Task<byte[]> SealAsync(byte[] plain)
    {
        await using SealingStream sealing = new(new TrickleStream(plain), Keys.Newest, Salt);
        MemoryStream bytes = new();
        await sealing.CopyToAsync(bytes);
        Assert.Equal((Digest.Of(plain), (long)plain.Length), (sealing.TakeDigest(), sealing.Size));
        return bytes.ToArray();
    }

    private static byte[] Read(byte[] bytes, byte[] plain)
    {
        using OpeningStream stream = OpeningStream.Open(new MemoryStream(bytes), RowOf(plain), Keys);
        MemoryStream read = new();
        stream.CopyTo(read);
        return read.ToArray();
    }

    private static SealedRow RowOf(byte[] plain) => new(Digest.Of(plain), Digest.Of("wherever"), plain.Length, Salt);
}
