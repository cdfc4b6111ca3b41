using Slipway.Content.Blobs;
using Slipway.Linux;

namespace Slipway.Content.Tests.Blobs;

public sealed class LocalBlobStoreTests : BlobStoreSuite
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_second_process_is_told_who_holds_the_store()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], None);
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await LocalBlobStore.OpenAsync(Directory["store"], None));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_format_is_refused_naming_both_versions()
    {
        await (await LocalBlobStore.OpenAsync(Directory["store"], None)).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Directory["store"], "format"), "slipway-content 9\n");
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await LocalBlobStore.OpenAsync(Directory["store"], None));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        Assert.Contains("version 9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("up to 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_blob_is_one_inode_however_often_it_is_used()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], None);
        byte[] content = Content(100_000, seed: 1);
        Digest digest = (await store.PutAsync(content, None)).Digest;
        await store.MaterializeAsync(digest, Directory["early"], UnixFileMode.UserRead, None);
        await store.FlushAsync(None);
        await store.MaterializeAsync(digest, Directory["late"], UnixFileMode.UserRead, None);
        FileStatus loose = Libc.Status(LoosePath(digest));
        Assert.Equal(3u, loose.Links);
        Assert.Equal(Convert.ToInt32("444", 8), loose.Permissions);
        Assert.Equal(loose.Inode, Libc.Status(Directory["early"]).Inode);
    }

    [Fact]
    public async Task Another_file_system_gets_a_copy()
    {
        using TemporaryDirectory elsewhere = new("/dev/shm");
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], None);
        byte[] content = Content(1_500_000, seed: 1);
        Digest digest = (await store.PutAsync(content, None)).Digest;
        await store.MaterializeAsync(digest, elsewhere["copy"], UnixFileMode.UserRead, None);
        Assert.Equal(content, await File.ReadAllBytesAsync(elsewhere["copy"]));

        byte[] other = Content(1_500_000, seed: 2);
        await File.WriteAllBytesAsync(elsewhere["adopted"], other);
        Digest adopted = (await store.AdoptAsync(elsewhere["adopted"], None)).Digest;
        Assert.Equal(other, await store.ReadAllAsync(adopted, None));
        Assert.False(File.Exists(elsewhere["adopted"]));
    }

    [Fact]
    public async Task An_adopted_file_keeps_its_inode_and_loses_its_write_bits()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], None);
        byte[] content = Content(100_000, seed: 1);
        await File.WriteAllBytesAsync(Directory["file"], content);
        ulong inode = Libc.Status(Directory["file"]).Inode;
        Digest digest = (await store.AdoptAsync(Directory["file"], None)).Digest;
        await store.FlushAsync(None);
        FileStatus loose = Libc.Status(LoosePath(digest));
        Assert.Equal(inode, loose.Inode);
        Assert.Equal(Convert.ToInt32("444", 8), loose.Permissions);
    }

    [Fact]
    public async Task Small_blobs_cost_no_inodes_and_are_kept_once()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], None);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 500; i++)
            {
                await store.PutAsync(Content(1000, i), None);
            }

            await store.FlushAsync(None);
        }

        Assert.Empty(System.IO.Directory.GetFileSystemEntries(Path.Combine(Directory["store"], "loose")));
        FileInfo pack = new(Assert.Single(System.IO.Directory.GetFiles(Path.Combine(Directory["store"], "packs"))));
        Assert.Equal(24 + (500 * 1040), pack.Length);
    }

    [Fact]
    public async Task Segments_are_sealed_at_their_size_and_read_through_their_index()
    {
        byte[][] contents = [.. Enumerable.Range(0, 300).Select(i => Content(1000 + i, i))];
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], 50_000, None))
        {
            foreach (byte[] content in contents)
            {
                await store.PutAsync(content, None);
            }

            await store.FlushAsync(None);
            await AssertHoldsAsync(store, contents);
        }

        string packs = Path.Combine(Directory["store"], "packs");
        Assert.True(System.IO.Directory.GetFiles(packs, "*.idx").Length >= 6);
        Assert.All(System.IO.Directory.GetFiles(packs, "*.pack"), file => Assert.InRange(new FileInfo(file).Length, 24, 50_000));
        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(Directory["store"], 50_000, None);
        Assert.True(again.Recovered.IsClean);
        await AssertHoldsAsync(again, contents);
        Assert.Null(await again.FindAsync(Digest.Of("absent"), None));
    }

    [Fact]
    public async Task Deleting_most_of_a_segment_gives_its_space_back()
    {
        byte[][] contents = [.. Enumerable.Range(0, 300).Select(i => Content(1000, i))];
        string packs = Path.Combine(Directory["store"], "packs");
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], 50_000, None))
        {
            foreach (byte[] content in contents)
            {
                await store.PutAsync(content, None);
            }

            await store.FlushAsync(None);
            Assert.True(BytesIn(packs) > 300_000);
            await store.DeleteAsync([.. contents.Where((_, i) => i % 10 != 0).Select(content => Digest.Of(content))], None);
            await store.FlushAsync(None);
            Assert.InRange(BytesIn(packs), 30_000, 120_000);
            await AssertHoldsAsync(store, [.. contents.Where((_, i) => i % 10 == 0)]);
        }

        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(Directory["store"], 50_000, None);
        await AssertHoldsAsync(again, [.. contents.Where((_, i) => i % 10 == 0)]);
        Assert.Equal(270, (await again.FindMissingAsync([.. contents.Select(content => Digest.Of(content))], None)).Count);
    }

    [Fact]
    public async Task Flushes_that_meet_share_rounds()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], None);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            byte[] content = Content(i % 2 == 0 ? 1000 : 70_000, i);
            Digest digest = (await store.PutAsync(content, None)).Digest;
            await store.FlushAsync(None);
            // Durable means: under its lasting name.
            Assert.True(content.Length < 65_536 || File.Exists(LoosePath(digest)));
        })));
        Assert.Empty(System.IO.Directory.GetFiles(Path.Combine(Directory["store"], "tmp")));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        LocalBlobStore store = await LocalBlobStore.OpenAsync(Directory["store"], None);
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.PutAsync(new byte[10], None));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(Digest.Of("x"), None));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FlushAsync(None));
    }

    protected override async ValueTask<IAsyncDisposable> OpenAsync() => await LocalBlobStore.OpenAsync(Directory["store"], None);

    private static long BytesIn(string directory) => System.IO.Directory.GetFiles(directory).Sum(file => new FileInfo(file).Length);

    private static async Task AssertHoldsAsync(LocalBlobStore store, byte[][] contents)
    {
        foreach (byte[] content in contents)
        {
            Assert.Equal(content, await store.ReadAllAsync(Digest.Of(content), None));
        }
    }

    private string LoosePath(Digest digest) => Path.Combine(Directory["store"], "loose", digest.Hex[..2], digest.Hex);
}
