using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Blobs.Packs;

public sealed class ManySegmentsTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_blob_is_found_in_any_of_many_segments_and_another_in_none()
    {
        Digest[] all = new Digest[5000];
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], 10_000, None))
        {
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = (await store.PutAsync(BitConverter.GetBytes(i), None)).Digest;
            }
        }

        Assert.InRange(Directory.GetFiles(_directory["store/packs"], "*.idx").Length, 20, 1000);
        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(_directory["store"], 10_000, None);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(BitConverter.GetBytes(i), await again.ReadAllAsync(all[i], None));
            Assert.Null(await again.FindAsync(Digest.Of(BitConverter.GetBytes(-1 - i)), None));
        }
    }

    [Fact]
    public async Task A_segment_of_very_small_blobs_ends_long_before_it_is_full()
    {
        const int count = (1 << 17) + 10;
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], None))
        {
            for (int i = 0; i < count; i++)
            {
                await store.PutAsync(BitConverter.GetBytes(i), None);
            }
        }

        Assert.Equal(2, Directory.GetFiles(_directory["store/packs"], "*.pack").Length);
        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(_directory["store"], None);
        Assert.Equal(count, await again.ListAsync(None).CountAsync());
    }
}
