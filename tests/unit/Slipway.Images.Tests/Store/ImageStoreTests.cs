using System.Collections.Immutable;
using System.IO.Compression;
using Slipway.Content;
using Slipway.Images.Layers;

namespace Slipway.Images.Store;

/// <summary>Names, ids, imports and removals over real stores.</summary>
public sealed class ImageStoreTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task An_import_has_a_name_and_the_same_digest_in_another_store()
    {
        await using TemporaryStore one = await TemporaryStore.OpenAsync();
        await using TemporaryStore two = await TemporaryStore.OpenAsync();
        ImageReference name = ImageReference.Parse("base:1");

        Image first = await one.Images.ImportAsync(new MemoryStream(Tar("a")), name, new(), None);
        Image second = await two.Images.ImportAsync(new MemoryStream(Tar("a")), name, new(), None);

        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first, await one.Images.FindAsync("base:1", None));
        Assert.Equal(Digest.Of(Tar("a")), first.Layers.Single().DiffId);
        Assert.Equal(MediaTypes.OciLayer, first.Layers.Single().Descriptor.MediaType);
    }

    [Fact]
    public async Task A_gzip_import_keeps_its_bytes_and_names_the_plain_tar()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        using MemoryStream gzip = new();
        using (GZipStream compressor = new(gzip, CompressionLevel.Fastest, leaveOpen: true))
        {
            compressor.Write(Tar("a"));
        }

        Image image = await store.Images.ImportAsync(new MemoryStream(gzip.ToArray()), ImageReference.Parse("z"), new(), None);

        Layer layer = image.Layers.Single();
        Assert.Equal((Digest.Of(gzip.ToArray()), Digest.Of(Tar("a")), MediaTypes.OciLayerGzip), (layer.Descriptor.Digest, layer.DiffId, layer.Descriptor.MediaType));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no tar at all, but long enough to be looked at as if it were one")]
    public async Task What_is_no_tar_is_not_imported(string text)
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(
            async () => await store.Images.ImportAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), ImageReference.Parse("x"), new(), None));

        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Empty(await store.Images.ListAsync(None));
    }

    [Fact]
    public async Task An_image_is_found_by_name_digest_and_prefix()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image image = await ImportAsync(store, "a", "a/b:c");

        Assert.Equal(image, await store.Images.FindAsync("a/b:c", None));
        Assert.Equal(image, await store.Images.FindAsync(image.Digest.ToString(), None));
        Assert.Equal(image, await store.Images.FindAsync(image.Digest.Short, None));
        Assert.Equal(image, await store.Images.FindAsync(image.ConfigDigest.Hex[..10], None));
        Assert.Equal(image, await store.Images.FindAsync("whatever@" + image.Digest, None));
        Assert.Null(await store.Images.FindAsync("a/b", None));
        Assert.Null(await store.Images.FindAsync(image.Digest.Hex[..3], None));
    }

    [Fact]
    public async Task A_config_s_digest_finds_the_image_whatever_its_annotations()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image parent = await ImportAsync(store, "a", "x");
        Image one = await store.Images.AddAsync(new(), parent.Layers, ImmutableDictionary<string, string>.Empty.Add("revision", "1"), None);
        Image two = await store.Images.AddAsync(new(), parent.Layers, ImmutableDictionary<string, string>.Empty.Add("revision", "2"), None);

        Assert.Equal(one.ConfigDigest, two.ConfigDigest);
        Assert.NotEqual(one, two);
        Assert.Equal(two, await store.Images.FindAsync(one.ConfigDigest.ToString(), None));
        Assert.Equal(one, await store.Images.FindAsync(one.Digest.ToString(), None));
    }

    [Fact]
    public async Task The_last_image_that_runs_the_same_is_found_whatever_it_says_of_itself()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image parent = await ImportAsync(store, "a", "x");
        Image one = await store.Images.AddAsync(new() { Cmd = ["run"], Created = "2001-01-01T00:00:00Z" }, parent.Layers, ImmutableDictionary<string, string>.Empty, None);
        Image two = await store.Images.AddAsync(new() { Cmd = ["run"], Created = "2002-01-01T00:00:00Z" }, parent.Layers, ImmutableDictionary<string, string>.Empty, None);
        Image other = await store.Images.AddAsync(new() { Cmd = ["walk"] }, parent.Layers, ImmutableDictionary<string, string>.Empty, None);

        Assert.Equal(two, await store.Images.FindByRunIdentityAsync(RunIdentity.Of(one.Config), None));
        Assert.Equal(other, await store.Images.FindByRunIdentityAsync(RunIdentity.Of(other.Config), None));
        Assert.Null(await store.Images.FindByRunIdentityAsync(RunIdentity.Of(new() { Cmd = ["run"] }), None));
    }

    [Fact]
    public async Task A_name_that_is_not_there_brings_the_nearest()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        await ImportAsync(store, "a", "python:3.11-sklearn");
        SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () => await store.Images.GetAsync("pyton:3.11-sklearn", None));

        Assert.Equal(ErrorKind.NotFound, fault.Kind);
        Assert.Contains("python:3.11-sklearn", fault.Hint, StringComparison.Ordinal);
        Assert.Contains("slipway build", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_moves_and_the_old_image_stays_without_one()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image old = await ImportAsync(store, "a", "x");
        Image young = await ImportAsync(store, "b", "x");

        ImmutableArray<TaggedImage> list = await store.Images.ListAsync(None);

        Assert.Equal([young, old], list.Select(line => line.Image));
        Assert.Equal(["x:latest", null], list.Select(line => line.Reference?.Familiar));
    }

    [Fact]
    public async Task Removing_a_name_leaves_the_image_until_its_last()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image image = await ImportAsync(store, "a", "x");
        await store.Images.TagAsync(image, ImageReference.Parse("y"), None);

        RemovedImage first = await store.Images.RemoveAsync("x", force: false, None);
        Assert.Equal(["x:latest"], first.Untagged.Select(name => name.Familiar));
        Assert.Empty(first.Deleted);

        RemovedImage last = await store.Images.RemoveAsync("y", force: false, None);
        Assert.Equal<Digest>([image.Digest], last.Deleted);
        Assert.Equal(new HashSet<Digest> { image.Digest, image.ConfigDigest, image.Layers[0].Descriptor.Digest }, [.. last.UnusedBlobs]);
        Assert.Null(await store.Images.FindAsync(image.Digest.ToString(), None));
    }

    [Fact]
    public async Task An_id_with_several_names_needs_force()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image image = await ImportAsync(store, "a", "x");
        await store.Images.TagAsync(image, ImageReference.Parse("y"), None);

        Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<SlipwayException>(async () => await store.Images.RemoveAsync(image.Digest.Short, force: false, None))).Kind);
        Assert.Equal(2, (await store.Images.RemoveAsync(image.Digest.Short, force: true, None)).Untagged.Length);
    }

    [Fact]
    public async Task Layers_that_another_image_or_the_build_cache_uses_are_not_named_unused()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image parent = await ImportAsync(store, "a", "parent");
        Layer own = await LayerWriter.StoreAsync(store.Blobs, writer => writer.Write(new("own", LayerEntryKind.Directory)), None);
        Layer cached = await LayerWriter.StoreAsync(store.Blobs, writer => writer.Write(new("cached", LayerEntryKind.Directory)), None);
        Image child = await store.Images.AddAsync(new(), [.. parent.Layers, own, cached], ImmutableDictionary<string, string>.Empty, None);
        await store.Metadata.WriteAsync(
            async transaction =>
            {
                await LayerUses.AddAsync(transaction, cached.Descriptor.Digest, "build-cache/x", None);
                return true;
            },
            None);

        RemovedImage removed = await store.Images.RemoveAsync(child.Digest.Hex, force: false, None);

        Assert.Equal(new HashSet<Digest> { child.Digest, child.ConfigDigest, own.Descriptor.Digest }, [.. removed.UnusedBlobs]);
    }

    [Fact]
    public async Task The_chain_id_names_the_stack_and_the_manifest_holds_the_annotations()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image parent = await ImportAsync(store, "a", "parent");
        Layer own = await LayerWriter.StoreAsync(store.Blobs, writer => writer.Write(new("own", LayerEntryKind.Directory)), None);
        Image child = await store.Images.AddAsync(new(), [.. parent.Layers, own], ImmutableDictionary<string, string>.Empty.Add("k", "v"), None);

        Assert.Equal(parent.Layers[0].DiffId, child.ChainId(1));
        Assert.Equal(Digest.Of($"{parent.Layers[0].DiffId} {own.DiffId}"), child.ChainId(2));
        Assert.Equal("v", (await store.Images.ReadAsync(child.Digest, None)).Annotations["k"]);
    }

    private static async Task<Image> ImportAsync(TemporaryStore store, string content, string name) =>
        await store.Images.ImportAsync(new MemoryStream(Tar(content)), ImageReference.Parse(name), new(), None);

    private static byte[] Tar(string name)
    {
        using MemoryStream output = new();
        LayerWriter writer = new(output);
        writer.Write(new(name, LayerEntryKind.Directory) { Mode = 0x1ED });
        writer.Finish();
        return output.ToArray();
    }
}
