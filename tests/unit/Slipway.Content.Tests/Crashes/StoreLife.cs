using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Crashes;

/// <summary>
/// A life of a store that is the same each time for one seed, and what it was promised: after the crash, what <see cref="Promised"/> has is there and whole,
/// and what <see cref="Erased"/> has left no trace.
/// </summary>
internal sealed class StoreLife(int seed, string outside)
{
    private readonly Random _random = new(seed);

    /// <summary>Every content that was ever given to the store.</summary>
    public Dictionary<Digest, byte[]> Given { get; } = [];

    /// <summary>What was flushed and not deleted.</summary>
    public HashSet<Digest> Promised { get; } = [];

    public HashSet<Digest> Erased { get; } = [];

    private HashSet<Digest> Stored { get; } = [];

    /// <summary>Small and middling blobs: segments are filled, sealed, buried in and written anew.</summary>
    public async Task RunSmallAsync(LocalBlobStore store, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            await DoAsync(store, _random.Next(16));
        }
    }

    /// <summary>As <see cref="RunSmallAsync"/>, on a disk that is full at times; returns how many steps were refused for that.</summary>
    public async Task<int> RunRefusedAsync(LocalBlobStore store, int steps)
    {
        int refused = 0;
        for (int i = 0, flushed = 0; flushed == 0; i++)
        {
            try
            {
                await DoAsync(store, i < steps ? _random.Next(16) : 8);
                flushed = i < steps ? 0 : 1;
            }
            catch (SlipwayException full) when (full.Kind == ErrorKind.OutOfSpace)
            {
                Assert.NotNull(full.Hint);
                refused++;
            }
        }

        return refused;
    }

    private async Task DoAsync(LocalBlobStore store, int verb)
    {
        switch (verb)
        {
            case < 7:
                await PutAsync(store, Content(_random.Next(10) == 0 ? 70_000 : _random.Next(600)));
                break;
            case < 8:
                await AdoptAsync(store, Content(66_000 + _random.Next(99)));
                break;
            case < 11:
                await FlushAsync(store);
                break;
            case < 15:
                await DeleteAsync(store, [.. Stored.Where(_ => _random.Next(4) == 0)]);
                break;
            default:
                await EraseAsync(store, [.. Stored.Where(_ => _random.Next(8) == 0)]);
                break;
        }
    }

    /// <summary>A large blob that grows, whose earlier versions go, are put again and are erased: the store becomes version 2 on the way.</summary>
    public async Task RunLargeAsync(LocalBlobStore store)
    {
        byte[] first = Content((int)LocalBlobStore.LargeSize + 5);
        await PutAsync(store, first);
        await FlushAsync(store);
        byte[] second = await AppendAsync(store, first, Content(3000));
        byte[] third = await AppendAsync(store, second, Content(70_000));
        await FlushAsync(store);
        await store.MaterializeAsync(Digest.Of(third), outside, UnixFileMode.UserRead, default);
        File.Delete(outside);
        await DeleteAsync(store, [Digest.Of(first), Digest.Of(second)]);
        await FlushAsync(store);
        await PutAsync(store, first);
        await FlushAsync(store);
        byte[] fourth = await AppendAsync(store, third, Content(10));
        await FlushAsync(store);
        await DeleteAsync(store, [Digest.Of(third)]);
        await EraseAsync(store, [Digest.Of(first)]);
        await DeleteAsync(store, [Digest.Of(fourth)]);
        await FlushAsync(store);
    }

    private async Task PutAsync(LocalBlobStore store, byte[] content)
    {
        Given[Digest.Of(content)] = content;
        Stored.Add((await store.PutAsync(new MemoryStream(content), null, default)).Digest);
    }

    private async Task AdoptAsync(LocalBlobStore store, byte[] content)
    {
        Given[Digest.Of(content)] = content;
        await File.WriteAllBytesAsync(outside, content);
        Stored.Add((await store.AdoptAsync(outside, default)).Digest);
    }

    private async Task<byte[]> AppendAsync(LocalBlobStore store, byte[] head, byte[] tail)
    {
        byte[] whole = [.. head, .. tail];
        (Given[Digest.Of(whole)], Given[Digest.Of(tail)]) = (whole, tail);
        Stored.Add((await store.AppendAsync(Digest.Of(head), new MemoryStream(tail), default)).Digest);
        return whole;
    }

    private async Task FlushAsync(LocalBlobStore store)
    {
        await store.FlushAsync(default);
        Promised.UnionWith(Stored);
    }

    private async Task DeleteAsync(LocalBlobStore store, Digest[] digests)
    {
        Forget(digests);
        await store.DeleteAsync(digests, default);
    }

    private async Task EraseAsync(LocalBlobStore store, Digest[] digests)
    {
        Forget(digests);
        await store.EraseAsync(digests.ToHashSet(), default);
        await store.FlushAsync(default);
        Promised.UnionWith(Stored);
        Erased.UnionWith(digests);
    }

    private void Forget(Digest[] digests)
    {
        Stored.ExceptWith(digests);
        Promised.ExceptWith(digests);
    }

    private byte[] Content(int length)
    {
        byte[] content = new byte[length];
        _random.NextBytes(content);
        return content;
    }
}
