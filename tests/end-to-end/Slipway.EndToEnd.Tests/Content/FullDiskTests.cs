using System.Diagnostics;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;

namespace Slipway.EndToEnd.Tests.Content;

/// <summary>A disk that fills up under the store: a small tmpfs, which takes root to mount.</summary>
public sealed class FullDiskTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-full-").FullName;

    public FullDiskTests() => Run("mount", "-t", "tmpfs", "-o", "size=8m", "slipway-test", _directory);

    public void Dispose()
    {
        Run("umount", _directory);
        Directory.Delete(_directory);
    }

    [Fact]
    public async Task A_large_blob_that_does_not_fit_leaves_the_store_as_it_was()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Path.Combine(_directory, "store"), None);
        byte[] kept = Content(2 << 20, 1);
        await store.PutAsync(kept, None);
        await store.FlushAsync(None);
        await AssertFullAsync(async () => await store.PutAsync(new MemoryStream(Content(20 << 20, 2)), null, None));
        await AssertFullAsync(async () => await store.PutAsync(Content(20 << 20, 3), None));
        Assert.Empty(Directory.GetFiles(Path.Combine(_directory, "store", "tmp")));
        Assert.Null(await store.FindAsync(Digest.Of(Content(20 << 20, 2)), None));

        byte[] fits = Content(2 << 20, 4);
        await store.PutAsync(fits, None);
        await store.FlushAsync(None);
        Assert.Equal(kept, await store.ReadAllAsync(Digest.Of(kept), None));
        Assert.Equal(fits, await store.ReadAllAsync(Digest.Of(fits), None));
        await AssertFullAsync(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await store.MaterializeAsync(Digest.Of(kept), Path.Combine(_directory, $"copy{i}"), UnixFileMode.UserExecute, None);
            }
        });
        Assert.All(Directory.GetFiles(_directory, "copy*"), file => Assert.Equal(kept.Length, new FileInfo(file).Length));
    }

    [Fact]
    public async Task Small_blobs_that_do_not_fit_are_refused_and_those_before_are_kept()
    {
        string path = Path.Combine(_directory, "store");
        List<byte[]> taken = [];
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(path, None))
        {
            byte[] ballast = Content(1 << 20, 999_999);
            await store.PutAsync(ballast, None);
            await store.FlushAsync(None);
            await AssertFullAsync(async () =>
            {
                for (int i = 0; i < 4000; i++)
                {
                    byte[] content = Content(4096, i);
                    await store.PutAsync(content, None);
                    taken.Add(content);
                }
            });
            await AssertFullAsync(async () => await store.FlushAsync(None));
            Assert.True(taken.Count > 1000);
            await AssertHoldsAsync(store, taken);

            // Space comes back: the blobs that were taken become durable after all.
            await store.DeleteAsync([Digest.Of(ballast)], None);
            await store.FlushAsync(None);
            byte[] last = Content(4096, 100_000);
            taken.Add(last);
            await store.PutAsync(last, None);
        }

        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(path, None);
        Assert.True(again.Recovered.IsClean);
        await AssertHoldsAsync(again, taken);
    }

    [Fact]
    public async Task A_metadata_write_that_does_not_fit_is_undone()
    {
        await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(Path.Combine(_directory, "metadata.db"), None);
        await PutAsync(store, "small", new byte[100]);
        await AssertFullAsync(async () => await PutAsync(store, "big", new byte[20 << 20]));
        await PutAsync(store, "after", new byte[100]);
        Assert.Null(await store.ReadAsync(reader => reader.GetAsync("t", "big", None), None));
        Assert.NotNull(await store.ReadAsync(reader => reader.GetAsync("t", "after", None), None));
    }

    private static async Task AssertFullAsync(Func<Task> action)
    {
        SlipwayException full = await Assert.ThrowsAsync<SlipwayException>(action);
        Assert.Equal(ErrorKind.OutOfSpace, full.Kind);
        Assert.NotNull(full.Hint);
    }

    private static async Task AssertHoldsAsync(LocalBlobStore store, List<byte[]> contents)
    {
        foreach (byte[] content in contents)
        {
            Assert.Equal(content, await store.ReadAllAsync(Digest.Of(content), None));
        }
    }

    private static async Task PutAsync(SqliteMetadataStore store, string key, byte[] value) => await store.WriteAsync(
        async transaction =>
        {
            await transaction.PutAsync("t", key, value, None);
            return true;
        },
        None);

    private static byte[] Content(int length, int seed)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static void Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
