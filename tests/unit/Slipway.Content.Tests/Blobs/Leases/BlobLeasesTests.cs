using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Blobs;

public sealed class BlobLeasesTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task What_is_put_under_a_lease_outlives_the_sweep(int length)
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], None);
        BlobInfo garbage = await store.PutAsync(Content(length, 1), None);
        BlobInfo found = await store.PutAsync(Content(length, 2), None);
        using BlobLease lease = store.Leases.Begin();
        BlobInfo before = await store.PutAsync(Content(length, 3), None);
        using BlobSweep sweep = store.Leases.BeginSweep();
        BlobInfo after = await store.PutAsync(new MemoryStream(Content(length, 4)), null, None);
        Assert.NotNull(await store.FindAsync(found.Digest, None));

        Assert.Equal([garbage], await sweep.DeleteAsync(store, [garbage, found, before, after], None));
        Assert.Equal([garbage.Digest], await store.FindMissingAsync([garbage.Digest, found.Digest, before.Digest, after.Digest], None));
    }

    [Fact]
    public async Task A_lease_that_ends_during_the_sweep_still_counts()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], None);
        BlobLease lease = store.Leases.Begin();
        BlobInfo blob = await store.PutAsync(Content(100, 1), None);
        using (BlobSweep sweep = store.Leases.BeginSweep())
        {
            lease.Dispose();
            Assert.True(sweep.IsLeased(blob.Digest));
            Assert.Empty(await sweep.DeleteAsync(store, [blob], None));
        }

        using BlobSweep next = store.Leases.BeginSweep();
        Assert.Equal([blob], await next.DeleteAsync(store, [blob], None));
    }

    [Fact]
    public async Task Work_that_began_after_an_older_lease_ended_keeps_only_its_own()
    {
        BlobLeases leases = new();
        Digest old = Digest.Of("old"), late = Digest.Of("late");
        BlobLease first = leases.Begin();
        await leases.TouchAsync(old, None);
        leases.BeginSweep().Dispose();
        using BlobLease second = leases.Begin();
        await leases.TouchAsync(late, None);
        first.Dispose();
        using BlobSweep sweep = leases.BeginSweep();
        Assert.False(sweep.IsLeased(old));
        Assert.True(sweep.IsLeased(late));
    }

    [Fact]
    public async Task A_lease_that_notes_too_much_stops_sweeps_until_it_ends()
    {
        BlobLeases leases = new(mostNoted: 1000);
        BlobLease lease = leases.Begin();
        for (int i = 0; i < 300_000; i++)
        {
            await leases.TouchAsync(Digest.Of(BitConverter.GetBytes(i)), None);
        }

        Digest never = Digest.Of("never touched");
        using (BlobSweep sweep = leases.BeginSweep())
        {
            Assert.True(sweep.IsLeased(never));
        }

        lease.Dispose();
        using BlobSweep next = leases.BeginSweep();
        Assert.False(next.IsLeased(never));
    }

    [Fact]
    public async Task Puts_that_race_with_sweeps_of_the_same_bytes_always_find_them_afterwards()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], None);
        byte[][] contents = [.. Enumerable.Range(0, 12).Select(i => Content(i % 4 == 0 ? 80_000 : 300, i))];
        using CancellationTokenSource done = new();
        Task sweeping = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                using BlobSweep sweep = store.Leases.BeginSweep();
                await sweep.DeleteAsync(store, [.. contents.Select(content => new BlobInfo(Digest.Of(content), content.Length))], None);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 300; i++)
            {
                byte[] content = contents[(i + worker) % contents.Length];
                using BlobLease lease = store.Leases.Begin();
                BlobInfo blob = i % 2 == 0 ? await store.PutAsync(content, None) : await store.PutAsync(new MemoryStream(content), null, None);
                Assert.Equal(content, await store.ReadAllAsync(blob.Digest, None));
            }
        })));
        await done.CancelAsync();
        await sweeping;
    }

    [Fact]
    public void A_set_of_prefixes_never_forgets()
    {
        PrefixSet set = new();
        Digest[] digests = [.. Enumerable.Range(0, 50_000).Select(i => Digest.Of(BitConverter.GetBytes(i))), default];
        Assert.All(digests, digest => Assert.True(set.Add(digest)));
        Assert.All(digests, digest => Assert.True(set.Contains(digest)));
        Assert.All(digests, digest => Assert.False(set.Add(digest)));
        Assert.Equal(digests.Length, set.Count);
        Assert.False(set.Contains(Digest.Of("other")));
    }

    private static byte[] Content(int length, int seed)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
