using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;
using Slipway.Images.Layers;
using Slipway.Images.Repositories;

namespace Slipway.Images.Referrers;

/// <summary>Documents beside images: where they are seen, what they follow, and that no image changes for them.</summary>
public sealed class ReferrerStoreTests
{
    private const string Type = "application/vnd.test+json";

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_document_is_an_artifact_manifest_about_the_image()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image image = await ImportAsync(store, "app:1");

        Digest referrer = await Referrers(store).AttachAsync(image, Document("{}x", "1"), [ImageReference.Parse("app:1")], None);

        using JsonDocument manifest = JsonDocument.Parse(await store.Blobs.ReadAllAsync(referrer, None));
        JsonElement root = manifest.RootElement;
        Assert.Equal(2, root.GetProperty("schemaVersion").GetInt32());
        Assert.Equal(MediaTypes.OciManifest, root.GetProperty("mediaType").GetString());
        Assert.Equal(Type, root.GetProperty("artifactType").GetString());
        Assert.Equal(MediaTypes.Empty, root.GetProperty("config").GetProperty("mediaType").GetString());
        Assert.Equal("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", root.GetProperty("config").GetProperty("digest").GetString());
        Assert.Equal(2, root.GetProperty("config").GetProperty("size").GetInt32());
        Assert.Equal(Digest.Of("{}x").ToString(), root.GetProperty("layers")[0].GetProperty("digest").GetString());
        Assert.Equal(image.Digest.ToString(), root.GetProperty("subject").GetProperty("digest").GetString());
        Assert.Equal((await store.Blobs.FindAsync(image.Digest, None))!.Value.Size, root.GetProperty("subject").GetProperty("size").GetInt64());
        Assert.Equal("1", root.GetProperty("annotations").GetProperty("n").GetString());
        Assert.Equal(image, await store.Images.FindAsync("app:1", None));
    }

    [Fact]
    public async Task It_is_a_referrer_in_the_repositories_of_the_images_names_and_follows_new_names()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image image = await ImportAsync(store, "app:1");
        Digest referrer = await Referrers(store).AttachAsync(image, Document("a", "1"), [ImageReference.Parse("app:1")], None);

        await store.Images.TagAsync("app:1", ImageReference.Parse("ghcr.io/org/app:2"), None);

        Assert.Equal([referrer], await InAsync(store, "app", image));
        Assert.Equal([referrer], await InAsync(store, "ghcr.io/org/app", image));
        Assert.Empty(await InAsync(store, "other", image));
        Assert.Equal([referrer], (await Referrers(store).ListAsync(image.Digest, None)).Select(manifest => manifest.Manifest));
    }

    [Fact]
    public async Task Of_an_image_without_a_name_it_waits_for_the_first_and_no_registry_shows_it_before()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image parent = await ImportAsync(store, "base");
        Image image = await store.Images.AddAsync(new ImageConfig { User = "1" }, parent.Layers, ImmutableDictionary<string, string>.Empty, None);
        Digest referrer = await Referrers(store).AttachAsync(image, Document("a", "1"), [], None);
        Assert.Equal(["base"], (await new RepositoryStore(store.Metadata, store.Blobs, TimeProvider.System).ListAsync(None)).AsEnumerable());
        Assert.Equal("a", Encoding.UTF8.GetString((await Referrers(store).FindAsync(image.Digest, Type, None))!.Content.Span));

        await store.Images.TagAsync(image, ImageReference.Parse("app"), None);

        Assert.Equal([referrer], await InAsync(store, "app", image));
        Assert.Equal([referrer], (await Referrers(store).ListAsync(image.Digest, None)).Select(manifest => manifest.Manifest));
    }

    [Fact]
    public async Task The_same_document_again_is_the_same_referrer_and_the_newest_of_a_type_is_found()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image image = await ImportAsync(store, "app");
        ImageReference[] names = [ImageReference.Parse("app")];

        Digest first = await Referrers(store).AttachAsync(image, Document("a", "1"), names, None);
        Digest again = await Referrers(store).AttachAsync(image, Document("a", "1"), names, None);
        await Referrers(store).AttachAsync(image, Document("b", "2"), names, None);

        Assert.Equal(first, again);
        Assert.Equal(2, (await Referrers(store).ListAsync(image.Digest, None)).Length);
        Assert.Equal("2", (await Referrers(store).FindAsync(image.Digest, Type, None))!.Annotations["n"]);
        Assert.Null(await Referrers(store).FindAsync(image.Digest, "application/none", None));
    }

    [Fact]
    public async Task What_is_said_about_an_image_is_kept_by_a_collection_and_goes_with_the_image()
    {
        await using TemporaryStore store = await TemporaryStore.OpenAsync();
        Image image = await ImportAsync(store, "app:1");
        await store.Images.TagAsync(image, ImageReference.Parse("other:1"), None);
        Digest referrer = await Referrers(store).AttachAsync(image, Document("a", "1"), [ImageReference.Parse("app:1"), ImageReference.Parse("other:1")], None);
        Assert.Superset(new HashSet<Digest> { referrer, Digest.Of("a"), Digest.Of("{}") }, await RootsAsync(store));

        await store.Images.RemoveAsync("other:1", force: false, None);
        Assert.Empty(await InAsync(store, "other", image));
        Assert.Equal([referrer], await InAsync(store, "app", image));

        await store.Images.RemoveAsync("app:1", force: false, None);
        Assert.Empty(await Referrers(store).ListAsync(image.Digest, None));
        Assert.DoesNotContain(referrer, await RootsAsync(store));
    }

    private static readonly SteppingTime Clock = new();

    private static ReferrerStore Referrers(TemporaryStore store) => new(store.Metadata, store.Blobs, Clock);

    private static Artifact Document(string text, string note) => new(Type, Encoding.UTF8.GetBytes(text))
    {
        Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("n", note),
    };

    private static async Task<IEnumerable<Digest>> InAsync(TemporaryStore store, string repository, Image image)
    {
        Assert.True(RepositoryName.TryParse(repository, out RepositoryName? name));
        RepositoryStore repositories = new(store.Metadata, store.Blobs, TimeProvider.System);
        return (await repositories.ListReferrersAsync(name, image.Digest, None)).Select(manifest => manifest.Manifest);
    }

    private static async Task<ISet<Digest>> RootsAsync(TemporaryStore store)
    {
        ImageRoots source = new();
        List<Root> roots = await store.Metadata.ReadAsync(async reader => await source.ReadAsync(reader, null, None).ToListAsync(None), None);
        return roots.Select(root => root.Digest).ToHashSet();
    }

    private static async Task<Image> ImportAsync(TemporaryStore store, string name)
    {
        MemoryStream tar = new();
        LayerWriter writer = new(tar);
        writer.Write(new LayerEntry("f", LayerEntryKind.File) { Content = new MemoryStream([1]), Size = 1 });
        writer.Finish();
        return await store.Images.ImportAsync(new MemoryStream(tar.ToArray()), ImageReference.Parse(name), new(), None);
    }

    /// <summary>A clock that moves a second each time that it is looked at.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long _seconds;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Interlocked.Increment(ref _seconds));
    }
}
