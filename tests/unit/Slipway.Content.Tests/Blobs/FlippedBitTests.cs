using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Blobs;

/// <summary>One bit of one file of a closed store is flipped, wherever it stands: that is found and named, harms no other blob, and can be mended.</summary>
public sealed class FlippedBitTests : IDisposable
{
    private const int SegmentSize = 40_000;
    private static readonly CancellationToken None = CancellationToken.None;

    // In memory: a store is opened hundreds of times, and each opening of a copy syncs its disk.
    private readonly TemporaryDirectory _directory = new("/dev/shm");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_flipped_bit_is_found_named_and_mended_and_nothing_else_is_harmed(int seed)
    {
        Dictionary<Digest, byte[]> blobs = await FillAsync();
        Random random = new(seed);
        string[] files = [.. Directory.GetFiles(_directory["store"], "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_directory["store"], file))
            .Where(file => file != "lock" && new FileInfo(Path.Combine(_directory["store"], file)).Length > 0)
            .Order(StringComparer.Ordinal)];
        Assert.Contains(files, file => file.EndsWith(".dead", StringComparison.Ordinal));
        for (int round = 0; round < 60; round++)
        {
            Copy(_directory["store"], _directory["copy"]);
            string file = files[(round + seed) % files.Length];
            Flip(Path.Combine(_directory["copy"], file), random);
            await CheckAsync(blobs, file);
            Directory.Delete(_directory["copy"], recursive: true);
        }
    }

    [Fact]
    public async Task Mending_a_whole_store_leaves_its_segments_as_they_are()
    {
        await FillAsync();
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], SegmentSize, None);
        string[] before = Directory.GetFiles(_directory["store/packs"]);
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(0, await store.MendSegmentsAsync(None));
        }

        Assert.Equal(before.Order(StringComparer.Ordinal), Directory.GetFiles(_directory["store/packs"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_flipped_bit_of_the_format_is_refused_or_named_and_mended()
    {
        await FillAsync();
        string format = _directory["store/format"];
        byte[] whole = await File.ReadAllBytesAsync(format);
        int mended = 0;
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(format, flipped);
            try
            {
                await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], SegmentSize, None);
                Assert.Equal(format, (await store.CheckAsync(None).SingleAsync()).File);
                store.MendIndexes();
                Assert.Empty(await store.CheckAsync(None).ToListAsync());
                mended++;
            }
            catch (SlipwayException refused) when (refused.Kind is ErrorKind.Corrupt or ErrorKind.FailedPrecondition)
            {
                Assert.Contains(_directory["store"], refused.Message, StringComparison.Ordinal);
                continue;
            }

            Assert.Equal(whole, await File.ReadAllBytesAsync(format));
        }

        Assert.True(mended > 0);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_recipe_or_in_what_it_needs_is_found_and_mended()
    {
        Dictionary<Digest, byte[]> blobs = [];
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], SegmentSize, None))
        {
            byte[] head = Content(9 << 20, 1), tail = Content(80_000, 2);
            BlobInfo first = await store.PutAsync(head, None);
            BlobInfo grown = await store.AppendAsync(first.Digest, new MemoryStream(tail), None);
            blobs[first.Digest] = head;
            blobs[grown.Digest] = [.. head, .. tail];
        }

        string[] files = [.. Directory.GetFiles(_directory["store"], "*", SearchOption.AllDirectories)
            .Where(file => file.Contains("/composed/", StringComparison.Ordinal) || file.Contains("/loose/", StringComparison.Ordinal))];
        Assert.Equal(3, files.Length);
        Random random = new(1);
        for (int round = 0; round < 12; round++)
        {
            Copy(_directory["store"], _directory["copy"]);
            Flip(Path.Combine(_directory["copy"], Path.GetRelativePath(_directory["store"], files[round % 3])), random);
            await CheckAsync(blobs, files[round % 3], mostHit: 2);
            Directory.Delete(_directory["copy"], recursive: true);
        }
    }

    [Fact]
    public async Task Bytes_that_are_not_the_blobs_repair_nothing()
    {
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], None);
        BlobInfo blob = await store.PutAsync(Content(500, 1), None);
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(
            async () => await store.RepairAsync(blob.Digest, new MemoryStream(Content(500, 2)), None));
        Assert.Equal(ErrorKind.Corrupt, refused.Kind);
        Assert.Equal(Content(500, 1), await store.ReadAllAsync(blob.Digest, None));
    }

    /// <summary>Several sealed segments, one of them with burials, one being written, and files of their own.</summary>
    private async Task<Dictionary<Digest, byte[]>> FillAsync()
    {
        Dictionary<Digest, byte[]> blobs = [];
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], SegmentSize, None);
        for (int i = 0; i < 40; i++)
        {
            byte[] content = Content(i % 10 == 0 ? 70_000 : 300 + (i * 80), i);
            blobs[(await store.PutAsync(content, None)).Digest] = content;
            await store.FlushAsync(None);
        }

        Digest[] dead = [.. blobs.Where(blob => blob.Value.Length < 1000).Select(blob => blob.Key).Take(2)];
        await store.DeleteAsync(dead, None);
        foreach (Digest digest in dead)
        {
            blobs.Remove(digest);
        }

        return blobs;
    }

    private async Task CheckAsync(Dictionary<Digest, byte[]> blobs, string flipped, int mostHit = 1)
    {
        LocalBlobStore store;
        try
        {
            store = await LocalBlobStore.OpenAsync(_directory["copy"], SegmentSize, None);
        }
        catch (SlipwayException refused)
        {
            // What cannot be opened says which file it is.
            Assert.Contains(_directory["copy"], refused.Message, StringComparison.Ordinal);
            return;
        }

        await using (store)
        {
            List<StoreFault> faults = await store.CheckAsync(None).ToListAsync();
            List<Digest> hit = [];
            foreach ((Digest digest, byte[] content) in blobs)
            {
                if (await store.VerifyAsync(digest, None) != BlobHealth.Healthy)
                {
                    hit.Add(digest);
                }
                else
                {
                    Assert.Equal(content, await store.ReadAllAsync(digest, None));
                }
            }

            Assert.True(faults.Count > 0 || hit.Count > 0 || !store.Recovered.IsClean, $"a flipped bit in {flipped} was not found");
            Assert.True(hit.Count <= mostHit, $"a flipped bit in {flipped} harms {hit.Count} blobs");

            store.MendIndexes();
            foreach (Digest digest in hit)
            {
                await store.RepairAsync(digest, new MemoryStream(blobs[digest]), None);
            }

            await store.MendSegmentsAsync(None);
            Assert.Empty(await store.CheckAsync(None).Where(fault => fault.Kind != StorePart.Folder).ToListAsync());
            foreach (Digest digest in blobs.Keys)
            {
                Assert.Equal(BlobHealth.Healthy, await store.VerifyAsync(digest, None));
            }
        }
    }

    private static void Flip(string file, Random random)
    {
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        byte[] bytes = File.ReadAllBytes(file);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(file, bytes);
    }

    private static void Copy(string from, string to)
    {
        foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    private static byte[] Content(int length, int seed)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
