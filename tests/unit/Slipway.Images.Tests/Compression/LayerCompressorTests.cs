using System.IO.Compression;
using System.IO.Pipelines;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Linux.Zstd;

namespace Slipway.Images.Compression;

/// <summary>Layers that are compressed once, into the store and along a branch.</summary>
public sealed class LayerCompressorTests
{
    private static readonly byte[] Layer = [.. Enumerable.Range(0, 5_000_000).Select(i => (byte)(i * 31 >> 7))];

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public async Task What_goes_along_is_what_is_stored(LayerCompression compression)
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = (await store.Blobs.PutAsync(Layer, None)).Digest;
        LayerCompressor compressor = new(store.Metadata, store.Blobs, TimeProvider.System);
        Pipe branch = new();
        List<long> read = [];
        Task<CompressedLayer> compressing = compressor.CompressAsync(plain, compression, branch.Writer, read.Add, None);
        using MemoryStream along = new();
        await branch.Reader.CopyToAsync(along);
        CompressedLayer made = await compressing;
        Assert.Equal((plain, Digest.Of(along.ToArray()), along.Length), (made.Plain, made.Compressed, made.Size));
        Assert.Equal(Layer.Length, read.Sum());
        along.Position = 0;
        using Stream plainAgain = compression == LayerCompression.Gzip ? new GZipStream(along, CompressionMode.Decompress) : new ZstdReadStream(along);
        using MemoryStream unpacked = new();
        await plainAgain.CopyToAsync(unpacked);
        Assert.Equal(Layer, unpacked.ToArray());
    }

    [Fact]
    public async Task A_branch_that_nobody_reads_any_more_is_left_and_the_layer_is_whole()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = (await store.Blobs.PutAsync(Layer, None)).Digest;
        LayerCompressor compressor = new(store.Metadata, store.Blobs, TimeProvider.System);
        Pipe branch = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        await branch.Reader.CompleteAsync();
        CompressedLayer left = await compressor.CompressAsync(plain, LayerCompression.Gzip, branch.Writer, null, None);
        CompressedLayer alone = await compressor.CompressAsync(plain, LayerCompression.Gzip, null, null, None);
        Assert.Equal(alone, left);
    }

    [Fact]
    public async Task It_is_found_once_it_is_remembered_as_long_as_it_is_stored()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Digest plain = (await store.Blobs.PutAsync(Layer, None)).Digest;
        LayerCompressor compressor = new(store.Metadata, store.Blobs, TimeProvider.System);
        CompressedLayer made = await compressor.CompressAsync(plain, LayerCompression.Gzip, null, null, None);
        Assert.Null(await compressor.FindAsync(plain, LayerCompression.Gzip, None));
        await compressor.RememberAsync([made], LayerCompression.Gzip, None);
        Assert.Equal(made, await compressor.FindAsync(plain, LayerCompression.Gzip, None));
        Assert.Null(await compressor.FindAsync(plain, LayerCompression.Zstd, None));
        CompressedLayer gone = made with { Compressed = Digest.Of("gone") };
        await compressor.RememberAsync([gone], LayerCompression.Gzip, None);
        Assert.Null(await compressor.FindAsync(plain, LayerCompression.Gzip, None));
    }

    [Fact]
    public async Task A_layer_that_is_not_stored_is_told()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        LayerCompressor compressor = new(store.Metadata, store.Blobs, TimeProvider.System);
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => compressor.CompressAsync(Digest.Of("none"), LayerCompression.Gzip, null, null, None));
        Assert.Equal(ErrorKind.NotFound, failure.Kind);
    }
}
