using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Images;

namespace Slipway.Build.Cache;

/// <summary>Which cached steps a collection takes for dead.</summary>
public sealed class BuildCacheRootsTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Digest Key = Digest.Of("a step"), Other = Digest.Of("another");

    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-build-cache-").FullName;
    private readonly Clock _time = new() { Now = Start };
    private LocalBlobStore _blobs = null!;
    private SqliteMetadataStore _metadata = null!;

    public async Task InitializeAsync()
    {
        _blobs = await LocalBlobStore.OpenAsync(Path.Combine(_folder, "blobs"), None);
        _metadata = await SqliteMetadataStore.OpenAsync(Path.Combine(_folder, "metadata.db"), None);
    }

    public async Task DisposeAsync()
    {
        await _metadata.DisposeAsync();
        await _blobs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_step_that_is_an_answer_now_and_then_lives_on_and_one_that_is_none_dies()
    {
        BuildCache cache = new(_metadata, _blobs, _time);
        await RecordAsync(cache, Key, "one");
        await RecordAsync(cache, Other, "two");
        _time.Now += TimeSpan.FromDays(40);
        Assert.NotNull(await cache.FindAsync(Key, None));

        CollectionRules month = Rules(_time.Now - TimeSpan.FromDays(30));
        Assert.Equal([Other.Hex], (await DeadAsync(month)).Where(row => row.Table == BuildCache.TableName).Select(row => row.Key));
        Assert.Equal([Digest.Of("one")], (await RootsAsync(month)).Select(root => root.Digest));
        Assert.Equal(2, (await RootsAsync(null)).Count);

        _time.Now += TimeSpan.FromDays(40);
        Assert.Equal(2, (await DeadAsync(Rules(_time.Now - TimeSpan.FromDays(30)))).Count(row => row.Table == BuildCache.TableName));
    }

    [Fact]
    public async Task The_same_day_a_cached_build_writes_nothing()
    {
        BuildCache cache = new(_metadata, _blobs, _time);
        await RecordAsync(cache, Key, "one");
        byte[] before = await RowAsync();
        _time.Now += TimeSpan.FromHours(23);
        await cache.FindAsync(Key, None);
        Assert.Equal(before, await RowAsync());
        _time.Now += TimeSpan.FromHours(2);
        await cache.FindAsync(Key, None);
        Assert.NotEqual(before, await RowAsync());
    }

    [Fact]
    public async Task A_step_whose_layer_an_image_has_dies_only_where_that_is_asked_for()
    {
        BuildCache cache = new(_metadata, _blobs, _time);
        Layer layer = await RecordAsync(cache, Key, "one");
        await new ImageStore(_metadata, _blobs, _time).AddAsync(new(), [layer], System.Collections.Immutable.ImmutableDictionary<string, string>.Empty, None);
        _time.Now += TimeSpan.FromDays(1);
        Assert.Empty(await DeadAsync(Rules(_time.Now)));
        Assert.NotEmpty(await DeadAsync(Rules(_time.Now) with { ForgetsStepsOfImages = true }));
    }

    private static CollectionRules Rules(DateTimeOffset before) => new(before, before, before);

    private async Task<Layer> RecordAsync(BuildCache cache, Digest key, string content)
    {
        BlobInfo blob = await _blobs.PutAsync(System.Text.Encoding.UTF8.GetBytes(content), None);
        Layer layer = new(new(MediaTypes.OciLayer, blob.Digest, blob.Size), blob.Digest);
        await cache.RecordAsync(key, layer, "RUN " + content, null, None);
        return layer;
    }

    private ValueTask<byte[]> RowAsync() => _metadata.ReadAsync(async reader => (await reader.GetAsync(BuildCache.TableName, Key.Hex, None))!, None);

    private ValueTask<List<DeadRow>> DeadAsync(CollectionRules rules) =>
        _metadata.ReadAsync(reader => new BuildCacheRoots().ReadDeadAsync(reader, rules, None).ToListAsync(None), None);

    private ValueTask<List<Root>> RootsAsync(CollectionRules? rules) =>
        _metadata.ReadAsync(reader => new BuildCacheRoots().ReadAsync(reader, rules, None).ToListAsync(None), None);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
