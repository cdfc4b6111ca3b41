using System.Text;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Keys;

namespace Slipway.Content.Tests.Blobs.Sealed;

public sealed class SealedBlobStoreTests : BlobStoreSuite
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Nothing_plain_is_on_the_disk()
    {
        byte[] secret = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the patient's name is Ada. ", 5000)));
        await using (SealedStore store = await SealedStore.OpenAsync(Directory))
        {
            await store.PutAsync(secret, None);
            await store.PutAsync(secret.AsMemory(0, 100), None);
            await store.FlushAsync(None);
        }

        byte[][] hidden = [Encoding.UTF8.GetBytes("patient"), Raw(Digest.Of(secret)), Encoding.UTF8.GetBytes(Digest.Of(secret).Hex), [.. Enumerable.Repeat((byte)1, 32)]];
        foreach (string file in System.IO.Directory.EnumerateFiles(Directory.Path, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file);
            Assert.All(hidden, text => Assert.Equal(-1, bytes.AsSpan().IndexOf(text)));
        }
    }

    [Fact]
    public async Task Two_puts_of_one_content_are_one_blob_and_two_projects_share_nothing()
    {
        await using SealedStore store = await SealedStore.OpenAsync(Directory);
        byte[] content = Content(100_000, seed: 1);
        await store.PutAsync(content, None);
        await store.PutAsync(new MemoryStream(content), null, None);
        Assert.Single(await store.Inner.ListAsync(None).ToListAsync());

        SealedBlobStore other = new(store.Inner, store.Metadata, SealedStore.KeysOf(7, "other"));
        await store.FlushAsync(None);
        Assert.Null(await other.FindAsync(Digest.Of(content), None));
        await other.PutAsync(content, None);
        await other.FlushAsync(None);
        Assert.Equal(2, (await store.Inner.ListAsync(None).ToListAsync()).Select(blob => blob.Digest).Distinct().Count());
        Assert.Equal(content, await other.ReadAllAsync(Digest.Of(content), None));
    }

    [Fact]
    public async Task A_new_data_key_seals_what_is_new_and_the_old_stays_readable()
    {
        await using SealedStore store = await SealedStore.OpenAsync(Directory);
        byte[] before = Content(70_000, seed: 2);
        byte[] after = Content(70_000, seed: 3);
        await store.PutAsync(before, None);
        DataKey fresh = new(Guid.NewGuid(), [.. Enumerable.Repeat((byte)9, 32)]);
        store.Keys.Add(fresh);
        await store.PutAsync(after, None);
        await store.FlushAsync(None);
        Assert.Equal(before, await store.ReadAllAsync(Digest.Of(before), None));
        Assert.Equal(after, await store.ReadAllAsync(Digest.Of(after), None));

        // Without the new key, only what it sealed is lost.
        SealedBlobStore old = new(store.Inner, store.Metadata, SealedStore.KeysOf(1));
        Assert.Equal(before, await old.ReadAllAsync(Digest.Of(before), None));
        Assert.Equal(BlobHealth.Corrupt, await old.VerifyAsync(Digest.Of(after), None));
    }

    [Fact]
    public async Task Another_key_opens_nothing()
    {
        await using SealedStore store = await SealedStore.OpenAsync(Directory);
        byte[] content = Content(1000, seed: 4);
        await store.PutAsync(content, None);
        await store.FlushAsync(None);

        ProjectKeys wrong = new("secret", [.. Enumerable.Repeat((byte)2, 32)], [new DataKey(store.Keys.Newest.Id, new byte[32])]);
        SealedBlobStore stranger = new(store.Inner, store.Metadata, wrong);
        Assert.Equal(BlobHealth.Corrupt, await stranger.VerifyAsync(Digest.Of(content), None));
        Assert.Null(await new SealedBlobStore(store.Inner, store.Metadata, SealedStore.KeysOf(5)).FindAsync(Digest.Of(content), None));
    }

    [Fact]
    public async Task A_kill_between_blob_and_row_leaves_garbage_and_nothing_half()
    {
        byte[] content = Content(5000, seed: 5);
        await using (SealedStore store = await SealedStore.OpenAsync(Directory))
        {
            await store.PutAsync(content, None);
            await store.Inner.FlushAsync(None);
        }

        await using SealedStore again = await SealedStore.OpenAsync(Directory);
        Assert.Null(await again.FindAsync(Digest.Of(content), None));
        await again.PutAsync(content, None);
        await again.FlushAsync(None);
        Assert.Equal(content, await again.ReadAllAsync(Digest.Of(content), None));
        Assert.Equal(2, await again.Inner.ListAsync(None).CountAsync());
        Assert.Single(await RootsAsync(again));
    }

    [Fact]
    public async Task A_row_in_anothers_place_is_found()
    {
        await using SealedStore store = await SealedStore.OpenAsync(Directory);
        Digest[] digests = [(await store.PutAsync(Content(100, seed: 6), None)).Digest, (await store.PutAsync(Content(100, seed: 7), None)).Digest];
        await store.FlushAsync(None);
        string[] keys = [.. digests.Select(digest => SealedRow.KeyOf(store.Keys, digest))];
        await store.Metadata.WriteAsync(
            async transaction =>
            {
                byte[] row = (await transaction.GetAsync(SealedIndex.Table, keys[0], None))!;
                await transaction.PutAsync(SealedIndex.Table, keys[1], row, None);
                return true;
            },
            None);
        SlipwayException found = await Assert.ThrowsAsync<SlipwayException>(async () => await store.OpenAsync(digests[1], None));
        Assert.Equal(ErrorKind.Corrupt, found.Kind);
        Assert.Equal(BlobHealth.Healthy, await store.VerifyAsync(digests[0], None));
    }

    [Fact]
    public async Task What_a_row_tells_of_is_a_root_until_the_row_goes()
    {
        await using SealedStore store = await SealedStore.OpenAsync(Directory);
        Digest digest = (await store.PutAsync(Content(100, seed: 8), None)).Digest;
        Assert.Empty(await RootsAsync(store));
        await store.FlushAsync(None);
        Assert.Equal((await store.Inner.ListAsync(None).SingleAsync()).Digest, Assert.Single(await RootsAsync(store)));
        await store.DeleteAsync([digest], None);
        Assert.Empty(await RootsAsync(store));
        Assert.Empty(await store.Inner.ListAsync(None).ToListAsync());
    }

    protected override async ValueTask<IAsyncDisposable> OpenAsync() => await SealedStore.OpenAsync(Directory);

    private static ValueTask<List<Digest>> RootsAsync(SealedStore store) => store.Metadata.ReadAsync(
        async reader => await new SealedRoots().ReadAsync(reader, null, None).Select(root => root.Digest).ToListAsync(), None);

    private static byte[] Raw(Digest digest)
    {
        byte[] raw = new byte[Digest.Size];
        digest.CopyTo(raw);
        return raw;
    }
}
