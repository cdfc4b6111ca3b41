using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Local;
using Slipway.Linux;

namespace Slipway.Content.Tests.Crashes;

/// <summary>The disk is full at each write of a store in turn: the verb says so, what was stored stays, and all goes on when there is space again.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int SegmentSize = 4000;

    private readonly TemporaryDirectory _directory = new("/dev/shm");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_store_goes_on_after_a_full_disk(int seed)
    {
        long changes = await RunAsync(seed, long.MaxValue, 0);
        Assert.True(changes > 60, $"{changes}");
        for (long at = 0; at < changes; at++)
        {
            await RunAsync(seed, at, 1 + (at % 4));
        }
    }

    [Fact]
    public async Task A_blob_that_grows_goes_on_after_a_full_disk()
    {
        string path = _directory["large"];
        byte[] head = new byte[LocalBlobStore.LargeSize + 1], tail = [1, 2, 3];
        Digest grown = Digest.Of([.. head, .. tail]);
        bool isDone = false;
        for (long at = 0; !isDone; at++)
        {
            bool isOn = false;
            long count = 0;
            LocalBlobStore store = await LocalBlobStore.OpenAsync(
                path, SegmentSize, default, change => ThrowIf(isOn && NeedsSpace(change) && count++ == at));
            await using (store)
            {
                Digest first = (await store.PutAsync(new MemoryStream(head), null, default)).Digest;
                await store.FlushAsync(default);
                isOn = true;
                try
                {
                    await store.AppendAsync(first, new MemoryStream(tail), default);
                    await store.FlushAsync(default);
                    await store.DeleteAsync([first], default);
                    isDone = count <= at;
                }
                catch (SlipwayException full) when (full.Kind == ErrorKind.OutOfSpace)
                {
                    Assert.NotNull(full.Hint);
                }

                isOn = false;
                await store.PutAsync(new MemoryStream(head), null, default);
                Assert.Equal(grown, (await store.AppendAsync(first, new MemoryStream(tail), default)).Digest);
                await store.FlushAsync(default);
                Assert.Equal(BlobHealth.Healthy, await store.VerifyAsync(grown, default));
                Assert.Equal(BlobHealth.Healthy, await store.VerifyAsync(first, default));
                Assert.Empty(await store.CheckAsync(default).ToListAsync());
            }

            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public async Task After_a_sync_that_failed_a_store_takes_nothing_until_it_is_opened_again()
    {
        bool isFull = false;
        byte[] content = new byte[100];
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(
            _directory["store"], SegmentSize, default, change => ThrowIf(isFull && change is FileSynced, "fdatasync")))
        {
            await store.PutAsync(content, default);
            isFull = true;
            foreach (Func<Task> call in (Func<Task>[])[async () => await store.FlushAsync(default), async () => await store.PutAsync(new byte[7], default)])
            {
                SlipwayException full = await Assert.ThrowsAsync<SlipwayException>(call);
                Assert.Equal(ErrorKind.OutOfSpace, full.Kind);
                Assert.Contains("restart", full.Hint, StringComparison.Ordinal);
            }
        }

        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(_directory["store"], SegmentSize, default);
        await again.PutAsync(content, default);
        await again.FlushAsync(default);
        Assert.Equal(content, await again.ReadAllAsync(Digest.Of(content), default));
    }

    /// <summary>Lives once with a disk that is full for some changes from one on; returns how many there were that need space.</summary>
    private async Task<long> RunAsync(int seed, long from, long length)
    {
        string root = _directory[$"{from}"];
        long count = 0, refused = 0;
        StoreLife life = new(seed, _directory["outside"]);
        LocalBlobStore store = await LocalBlobStore.OpenAsync(root, SegmentSize, default, change =>
        {
            bool isFull = NeedsSpace(change) && ++count > from && count <= from + length && from > 8;
            refused += isFull ? 1 : 0;
            ThrowIf(isFull);
        });
        try
        {
            await using (store)
            {
                await life.RunRefusedAsync(store, 60);
                await AssertWholeAsync(store, life);
            }

            await using LocalBlobStore again = await LocalBlobStore.OpenAsync(root, SegmentSize, default);
            await AssertWholeAsync(again, life);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"seed {seed}, full from change {from} on, {refused} refused: {failure.Message}", failure);
        }

        Directory.Delete(root, recursive: true);
        return count;
    }

    private static async Task AssertWholeAsync(LocalBlobStore store, StoreLife life)
    {
        Assert.Empty(await store.FindMissingAsync(life.Promised, default));
        Assert.Empty(await store.CheckAsync(default).ToListAsync());
        await foreach (BlobInfo blob in store.ListAsync(default))
        {
            Assert.Equal(life.Given[blob.Digest], await store.ReadAllAsync(blob.Digest, default));
        }
    }

    private static bool NeedsSpace(DiskChange change) => change is FileMade or FolderMade or FileWritten or FileCut or NameMoved;

    private static void ThrowIf(bool isFull, string call = "pwrite")
    {
        if (isFull)
        {
            throw new LinuxException(Errno.ENOSPC, call);
        }
    }
}
