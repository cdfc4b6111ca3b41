using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Crashes;

/// <summary>A store is crashed before each change that it makes to its folder, and inside of it: what was promised is whole, and the store goes on.</summary>
public sealed class PowerCutTests : IDisposable
{
    private const int SegmentSize = 4000;

    private readonly TemporaryDirectory _directory = new("/dev/shm");
    private int _lives;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Small_blobs(int seed) => CrashEverywhereAsync((life, store) => life.RunSmallAsync(store, 60), seed, 3);

    [Fact]
    public Task Large_blobs_that_grow() => CrashEverywhereAsync((life, store) => life.RunLargeAsync(store), 1, 5);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(200)]
    public async Task Small_blobs_for_long(int seeds)
    {
        for (int seed = 100; seed < 100 + seeds; seed++)
        {
            await CrashEverywhereAsync((life, store) => life.RunSmallAsync(store, 60), seed, 1);
        }
    }

    private async Task CrashEverywhereAsync(Func<StoreLife, LocalBlobStore, Task> live, int seed, int step)
    {
        long changes = await RunAsync(live, seed, long.MaxValue);
        Assert.True(changes > 30);
        for (long at = seed % step; at < changes; at += step)
        {
            await RunAsync(live, seed, at);
        }
    }

    /// <summary>Lives once, and looks at what a crash at one change left; returns how many changes there were.</summary>
    private async Task<long> RunAsync(Func<StoreLife, LocalBlobStore, Task> live, int seed, long crashAt)
    {
        string root = _directory[$"{_lives}"], image = _directory[$"{_lives++}-crashed"];
        StoreLife life = new(seed, _directory["outside"]);
        HashSet<Digest> promised = [], erased = [];
        Random random = new(HashCode.Combine(seed, crashAt));
        bool isPowerCut = random.Next(3) > 0;
        DiskLog log = new(root) { CrashAt = crashAt };
        log.Crash = change =>
        {
            log.WriteImage(image, random, change, isPowerCut);
            (promised, erased) = ([.. life.Promised], [.. life.Erased]);
        };
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(root, SegmentSize, default, log.Watch))
        {
            await live(life, store);
        }

        if (Directory.Exists(image))
        {
            try
            {
                await CheckAsync(image, life, promised, erased);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, crash at change {crashAt} ({(isPowerCut ? "power cut" : "kill")}): {failure.Message}", failure);
            }

            Directory.Delete(image, recursive: true);
        }

        Directory.Delete(root, recursive: true);
        return log.Count;
    }

    private static async Task CheckAsync(string image, StoreLife life, HashSet<Digest> promised, HashSet<Digest> erased)
    {
        byte[] more = new byte[90_000];
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(image, SegmentSize, default))
        {
            await AssertWholeAsync(store, life, promised);
            Assert.True((await store.FindTracesAsync(erased, default)).Count == 0, "something that was erased is back");
            await store.PutAsync(more, default);
            await store.PutAsync(more.AsMemory(0, 100), default);
            await store.FlushAsync(default);
            await store.MendSegmentsAsync(default);
            Assert.Empty(await store.CheckAsync(default).ToListAsync());
        }

        life.Given[Digest.Of(more)] = more;
        life.Given[Digest.Of(more.AsSpan(0, 100))] = more[..100];
        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(image, SegmentSize, default);
        Assert.True(again.Recovered.IsClean);
        await AssertWholeAsync(again, life, [.. promised, Digest.Of(more), Digest.Of(more.AsSpan(0, 100))]);
    }

    /// <summary>What was promised is there; what else is there is whole.</summary>
    private static async Task AssertWholeAsync(LocalBlobStore store, StoreLife life, HashSet<Digest> promised)
    {
        Assert.Empty(await store.FindMissingAsync(promised, default));
        await foreach (BlobInfo blob in store.ListAsync(default))
        {
            // Reading it through compares it with its digest.
            byte[] content = await store.ReadAllAsync(blob.Digest, default);
            Assert.Equal(life.Given.GetValueOrDefault(blob.Digest)?.LongLength ?? blob.Size, content.LongLength);
        }
    }
}
