using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Layers;
using Slipway.Images.Repositories;

namespace Slipway.Images.Compression;

/// <summary>What is compressed of a manifest, and what is left alone.</summary>
public sealed class ManifestCompressorTests
{
    private static readonly RepositoryName Repository = RepositoryName.Of(ImageReference.Parse("app:1"));

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Plain_layers_of_an_image_are_compressed_once_and_what_else_its_manifest_says_stays()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        ManifestRecord plain = await ImportAsync(store, manifest =>
        {
            manifest["more"] = "é+";
            manifest["layers"]![0]!["annotations"] = new JsonObject { ["of"] = "the layer" };
            manifest["layers"]![0]!["data"] = "cGxhaW4=";
        });
        List<long> read = [];
        CompressedManifest made = await CompressAsync(store, plain, read.Add), again = await CompressAsync(store, plain, _ => Assert.Fail("it is compressed already"));
        Assert.True(made.IsChanged && read.Sum() > 0);
        Assert.Equal(made.Manifest.Manifest, again.Manifest.Manifest);
        Assert.Equal([plain.Blobs[0]], made.PlainLayers.Values);

        JsonObject wanted = JsonNode.Parse((await store.Blobs.ReadAllAsync(plain.Manifest, None)))!.AsObject();
        JsonObject layer = wanted["layers"]![0]!.AsObject();
        Digest compressed = made.PlainLayers.Keys.Single();
        layer["mediaType"] = MediaTypes.OciLayerGzip;
        layer["digest"] = compressed.ToString();
        layer["size"] = (await store.Blobs.FindAsync(compressed, None))!.Value.Size;
        layer.Remove("data");
        Assert.Equal(Encoding.UTF8.GetString(ManifestNodes.ToJson(wanted)), Encoding.UTF8.GetString((await store.Blobs.ReadAllAsync(made.Manifest.Manifest, None))));
    }

    [Fact]
    public async Task What_is_compressed_already_is_no_image_or_is_to_stay_is_left_alone()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        ManifestRecord plain = await ImportAsync(store, _ => { });
        ManifestRecord artifact = await ImportAsync(store, manifest => manifest["config"]!["mediaType"] = MediaTypes.Empty);
        ManifestRecord gzip = await ImportAsync(store, manifest => manifest["layers"]![0]!["mediaType"] = MediaTypes.OciLayerGzip);
        ManifestCompressor compressor = new(store.Metadata, store.Blobs, TimeProvider.System);
        Assert.True(await compressor.HasPlainLayerAsync(plain, None));
        Assert.False(await compressor.HasPlainLayerAsync(artifact, None) || await compressor.HasPlainLayerAsync(gzip, None));
        foreach ((ManifestRecord manifest, LayerCompression compression) in ((ManifestRecord, LayerCompression)[])
            [(plain, LayerCompression.None), (artifact, LayerCompression.Gzip), (gzip, LayerCompression.Gzip), (gzip, LayerCompression.Zstd)])
        {
            Assert.False((await compressor.CompressAsync(manifest, compression, null, None)).IsChanged);
        }
    }

    [Fact]
    public async Task An_index_changes_with_its_images()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        ManifestRecord plain = await ImportAsync(store, _ => { }), gzip = await ImportAsync(store, manifest => manifest["layers"]![0]!["mediaType"] = MediaTypes.OciLayerGzip);
        byte[] json = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{{Entry(plain)}},{{Entry(gzip)}}]}
            """);
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        ManifestRecord index = await repositories.PutManifestAsync(Repository, json, MediaTypes.OciIndex, null, whole: false, None);
        ManifestCompressor compressor = new(store.Metadata, store.Blobs, TimeProvider.System);
        CompressedManifest made = await CompressAsync(store, plain, null);
        (CompressedManifest over, ImmutableArray<Digest> leftOut) = await compressor.OverAsync(index, [made, made, CompressedManifest.Unchanged(gzip)], None);
        Assert.Equal([made.Manifest.Manifest, gzip.Manifest], over.Manifest.Children.AsEnumerable());
        Assert.Empty(leftOut);
        Assert.NotNull(await store.Blobs.FindAsync(over.Manifest.Manifest, None));
        (CompressedManifest same, _) = await compressor.OverAsync(index, [CompressedManifest.Unchanged(plain), CompressedManifest.Unchanged(gzip)], None);
        Assert.False(same.IsChanged);
    }

    private static string Entry(ManifestRecord manifest) => $$"""{"mediaType":"{{manifest.MediaType}}","digest":"{{manifest.Manifest}}","size":{{manifest.Size}}}""";

    private static async Task<CompressedManifest> CompressAsync(TemporaryStore store, ManifestRecord manifest, Action<long>? progress)
    {
        ManifestCompressor compressor = new(store.Metadata, store.Blobs, TimeProvider.System);
        CompressedManifest made = await compressor.CompressAsync(manifest, LayerCompression.Gzip, progress, None);
        await compressor.RememberAsync(made, LayerCompression.Gzip, None);
        return made;
    }

    /// <summary>An image of one plain layer, whose manifest says this and that besides.</summary>
    private static async Task<ManifestRecord> ImportAsync(TemporaryStore store, Action<JsonObject> change)
    {
        MemoryStream tar = new();
        LayerWriter writer = new(tar);
        writer.Write(new LayerEntry("f", LayerEntryKind.File) { Content = new MemoryStream(new byte[9000]), Size = 9000 });
        writer.Finish();
        Image image = await store.Images.ImportAsync(new MemoryStream(tar.ToArray()), ImageReference.Parse("app:1"), new(), None);
        JsonObject manifest = JsonNode.Parse((await store.Blobs.ReadAllAsync(image.Digest, None)))!.AsObject();
        change(manifest);
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        return await repositories.PutManifestAsync(Repository, ManifestNodes.ToJson(manifest), null, null, whole: false, None);
    }
}
