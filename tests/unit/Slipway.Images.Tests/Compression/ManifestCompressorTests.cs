using System.Text;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images.Layers;
using Slipway.Images.Repositories;

namespace Slipway.Images.Compression;

/// <summary>What a manifest says of the same image with compressed layers, and what is left alone.</summary>
public sealed class ManifestCompressorTests
{
    private static readonly Digest Compressed = Digest.Of("compressed");
    private static readonly RepositoryName Repository = RepositoryName.Of(ImageReference.Parse("app:1"));

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Plain_layers_of_an_image_become_others_and_what_else_its_manifest_says_stays()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        ManifestRecord plain = await ImportAsync(store, manifest =>
        {
            manifest["more"] = "é+";
            manifest["layers"]![0]!["annotations"] = new JsonObject { ["of"] = "the layer" };
            manifest["layers"]![0]!["data"] = "cGxhaW4=";
        });
        ManifestCompressor compressor = new(store.Blobs, TimeProvider.System);
        Assert.Equal(plain.Blobs[0], Assert.Single(await compressor.PlainLayersAsync(plain, None)));
        CompressedManifest made = await WithAsync(store, plain);
        Assert.True(made.IsChanged);

        JsonObject wanted = JsonNode.Parse((await store.Blobs.ReadAllAsync(plain.Manifest, None)))!.AsObject();
        JsonObject layer = wanted["layers"]![0]!.AsObject();
        layer["mediaType"] = MediaTypes.OciLayerGzip;
        layer["digest"] = Compressed.ToString();
        layer["size"] = 4321;
        layer.Remove("data");
        Assert.Equal(Encoding.UTF8.GetString(ManifestNodes.ToJson(wanted)), Encoding.UTF8.GetString((await store.Blobs.ReadAllAsync(made.Manifest.Manifest, None))));
    }

    [Fact]
    public async Task What_is_compressed_already_or_is_no_image_is_left_alone()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        ManifestRecord plain = await ImportAsync(store, _ => { });
        ManifestRecord artifact = await ImportAsync(store, manifest => manifest["config"]!["mediaType"] = MediaTypes.Empty);
        ManifestRecord gzip = await ImportAsync(store, manifest => manifest["layers"]![0]!["mediaType"] = MediaTypes.OciLayerGzip);
        ManifestCompressor compressor = new(store.Blobs, TimeProvider.System);
        foreach (ManifestRecord manifest in (ManifestRecord[])[artifact, gzip])
        {
            Assert.Empty(await compressor.PlainLayersAsync(manifest, None));
            Assert.False((await WithAsync(store, manifest)).IsChanged);
        }

        Assert.False((await compressor.WithAsync(plain, LayerCompression.Gzip, new Dictionary<Digest, CompressedLayer>(), None)).IsChanged);
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
        ManifestCompressor compressor = new(store.Blobs, TimeProvider.System);
        CompressedManifest made = await WithAsync(store, plain);
        CompressedManifest over = await compressor.OverAsync(index, [made, made, CompressedManifest.Unchanged(gzip)], None);
        Assert.Equal([made.Manifest.Manifest, gzip.Manifest], over.Manifest.Children.AsEnumerable());
        Assert.NotNull(await store.Blobs.FindAsync(over.Manifest.Manifest, None));
        CompressedManifest same = await compressor.OverAsync(index, [CompressedManifest.Unchanged(plain), CompressedManifest.Unchanged(gzip)], None);
        Assert.False(same.IsChanged);
    }

    private static string Entry(ManifestRecord manifest) => $$"""{"mediaType":"{{manifest.MediaType}}","digest":"{{manifest.Manifest}}","size":{{manifest.Size}}}""";

    private static Task<CompressedManifest> WithAsync(TemporaryStore store, ManifestRecord manifest) => new ManifestCompressor(store.Blobs, TimeProvider.System).WithAsync(
        manifest, LayerCompression.Gzip, new Dictionary<Digest, CompressedLayer> { [manifest.Blobs[0]] = new(manifest.Blobs[0], Compressed, 4321) }, None);

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
