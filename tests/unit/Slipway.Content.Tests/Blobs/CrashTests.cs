using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Packs;

namespace Slipway.Content.Tests.Blobs;

/// <summary>What a power cut or a bad disk leaves, and what the store makes of it.</summary>
public sealed class CrashTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    // In memory: these tests open a store hundreds of times, and each opening after a crash syncs its disk.
    private readonly TemporaryDirectory _directory = new("/dev/shm");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_pack_torn_at_any_byte_keeps_every_whole_record()
    {
        byte[][] contents = [.. Enumerable.Range(0, 8).Select(i => Content(i * 5, i))];
        byte[] pack = await PackOfAsync(contents);
        int end = PackFormat.HeaderSize;
        int[] ends = [.. contents.Select(content => end += PackFormat.RecordHeadSize + content.Length)];
        Assert.Equal(pack.Length, end);
        for (int cut = 0; cut <= pack.Length; cut++)
        {
            await using LocalBlobStore store = await OpenAroundAsync($"cut{cut}", pack[..cut]);
            int whole = ends.Count(recordEnd => recordEnd <= cut);
            for (int i = 0; i < contents.Length; i++)
            {
                Assert.Equal(i < whole, await store.FindAsync(Digest.Of(contents[i]), None) is not null);
            }

            await store.PutAsync(contents[^1], None);
            await store.FlushAsync(None);
            await AssertHoldsAsync(store, [.. contents[..whole], contents[^1]]);
            long expected = Math.Max(whole == 0 ? PackFormat.HeaderSize : ends[whole - 1], PackFormat.HeaderSize)
                + (whole == contents.Length ? 0 : PackFormat.RecordHeadSize + contents[^1].Length);
            Assert.Equal(expected, new FileInfo(PackPath($"cut{cut}", 1)).Length);
        }
    }

    [Fact]
    public async Task A_flipped_byte_costs_only_the_record_that_it_hits()
    {
        byte[][] contents = [.. Enumerable.Range(0, 5).Select(i => Content(20 + i, i))];
        byte[] pack = await PackOfAsync(contents);
        for (int at = 0; at < pack.Length; at++)
        {
            byte[] flipped = [.. pack];
            flipped[at] ^= 0x40;
            if (at is >= 8 and < 12)
            {
                continue; // The version: tested by its own.
            }

            await using LocalBlobStore store = await OpenAroundAsync($"flip{at}", flipped);
            int hit = -1;
            for (int i = 0, start = PackFormat.HeaderSize; i < contents.Length; i++)
            {
                int recordEnd = start + PackFormat.RecordHeadSize + contents[i].Length;
                hit = at >= start && at < recordEnd ? i : hit;
                start = recordEnd;
            }

            Assert.Equal(
                hit < 0 ? [] : [Digest.Of(contents[hit])],
                await store.FindMissingAsync([.. contents.Select(content => Digest.Of(content))], None));
            Assert.Equal(hit < 0, store.Recovered is { DamagedBytes: 0, TornBytes: 0 });
            foreach (byte[] content in contents)
            {
                await store.PutAsync(content, None);
            }

            await AssertHoldsAsync(store, contents);
        }
    }

    [Fact]
    public async Task A_pack_inside_a_blob_is_not_mistaken_for_records()
    {
        // A torn record is searched for whole ones behind it: one that a user's content only quotes must not bury anything.
        byte[] victim = Content(50, 1);
        byte[] quoted;
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["quoted"], None))
        {
            await store.PutAsync(victim, None);
            await store.DeleteAsync([Digest.Of(victim)], None);
            await store.FlushAsync(None);
            quoted = await File.ReadAllBytesAsync(PackPath("quoted", 1));
        }

        byte[] pack = await PackOfAsync([victim, quoted, Content(10, 2)]);
        pack[PackFormat.HeaderSize + PackFormat.RecordHeadSize + victim.Length + 8] ^= 1;
        await using LocalBlobStore again = await OpenAroundAsync("again", pack);
        await AssertHoldsAsync(again, [victim, Content(10, 2)]);
    }

    [Fact]
    public async Task A_damaged_blob_is_named_when_it_is_read()
    {
        byte[] small = Content(1000, 1);
        byte[] large = Content(300_000, 2);
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], None);
        await store.PutAsync(small, None);
        await store.PutAsync(large, None);
        await store.FlushAsync(None);
        Flip(PackPath("store", 1), PackFormat.HeaderSize + PackFormat.RecordHeadSize + 500);
        Flip(LoosePath("store", large), 299_999);
        SlipwayException corrupt = await Assert.ThrowsAsync<SlipwayException>(async () => await store.OpenAsync(Digest.Of(small), None));
        Assert.Equal(ErrorKind.Corrupt, corrupt.Kind);
        Assert.Contains(Digest.Of(small).ToString(), corrupt.Message, StringComparison.Ordinal);

        await using Stream stream = await store.OpenAsync(Digest.Of(large), None);
        await stream.ReadExactlyAsync(new byte[299_000]);
        corrupt = await Assert.ThrowsAsync<SlipwayException>(async () => await stream.ReadExactlyAsync(new byte[1000]));
        Assert.Equal(ErrorKind.Corrupt, corrupt.Kind);
        Assert.Contains(Digest.Of(large).ToString(), corrupt.Message, StringComparison.Ordinal);

        using (FileStream cut = new(LoosePath("store", large), FileMode.Open, FileAccess.Write))
        {
            cut.SetLength(0);
        }

        await using Stream empty = await store.OpenAsync(Digest.Of(large), None);
        corrupt = await Assert.ThrowsAsync<SlipwayException>(async () => await empty.CopyToAsync(Stream.Null));
        Assert.Equal(ErrorKind.Corrupt, corrupt.Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_index_that_is_lost_or_damaged_is_made_again(bool lost)
    {
        byte[][] contents = [.. Enumerable.Range(0, 40).Select(i => Content(900, i))];
        await using (LocalBlobStore store = await OpenSmallAsync("store"))
        {
            foreach (byte[] content in contents)
            {
                await store.PutAsync(content, None);
            }

            await store.FlushAsync(None);
            await store.DeleteAsync([Digest.Of(contents[0])], None);
        }

        string[] indexes = Directory.GetFiles(_directory["store/packs"], "*.idx");
        Assert.True(indexes.Length >= 3);
        foreach (string index in indexes)
        {
            if (lost)
            {
                File.Delete(index);
            }
            else
            {
                Flip(index, (int)new FileInfo(index).Length / 2);
            }
        }

        await using LocalBlobStore again = await OpenSmallAsync("store");
        Assert.Equal(indexes.Length, again.Recovered.RebuiltIndexes);
        Assert.Equal(0, again.Recovered.DamagedBytes);
        await AssertHoldsAsync(again, contents[1..]);
        Assert.Null(await again.FindAsync(Digest.Of(contents[0]), None));
    }

    [Fact]
    public async Task What_was_flushed_survives_a_crash_and_what_was_not_leaves_no_trace()
    {
        byte[] flushed = Content(100_000, 1);
        byte[] unflushed = Content(100_000, 2);
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], None);
        await store.PutAsync(flushed, None);
        await store.FlushAsync(None);
        await store.PutAsync(unflushed, None);
        CopyTree(_directory["store"], _directory["crashed"]);
        await using LocalBlobStore again = await LocalBlobStore.OpenAsync(_directory["crashed"], None);
        Assert.Equal(1, again.Recovered.TemporaryFiles);
        await AssertHoldsAsync(again, [flushed]);
        Assert.Null(await again.FindAsync(Digest.Of(unflushed), None));
        Assert.Empty(Directory.GetFiles(_directory["crashed/tmp"]));
    }

    [Fact]
    public async Task A_newer_pack_is_refused()
    {
        byte[] pack = await PackOfAsync([Content(10, 1)]);
        pack[8] = 2;
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await OpenAroundAsync("newer", pack));
        Assert.Equal(ErrorKind.FailedPrecondition, refused.Kind);
        Assert.Contains("version 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_segment_is_kept_when_most_of_it_is_deleted()
    {
        byte[][] contents = [.. Enumerable.Range(0, 40).Select(i => Content(900, i))];
        await using LocalBlobStore store = await OpenSmallAsync("store");
        foreach (byte[] content in contents)
        {
            await store.PutAsync(content, None);
        }

        await store.FlushAsync(None);
        Flip(PackPath("store", 1), PackFormat.HeaderSize + PackFormat.RecordHeadSize + 100);
        await store.DeleteAsync([.. contents[1..].Select(content => Digest.Of(content))], None);
        Assert.True(File.Exists(PackPath("store", 1)));
        SlipwayException corrupt = await Assert.ThrowsAsync<SlipwayException>(async () => await store.OpenAsync(Digest.Of(contents[0]), None));
        Assert.Equal(ErrorKind.Corrupt, corrupt.Kind);
    }

    internal static void CopyTree(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(directory.Replace(from, to, StringComparison.Ordinal));
        }

        // The lock is held, and .NET's own copy would ask for it.
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
        }
    }

    private static byte[] Content(int length, int seed)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static void Flip(string path, int at)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0x10));
    }

    private static async Task AssertHoldsAsync(LocalBlobStore store, byte[][] contents)
    {
        foreach (byte[] content in contents)
        {
            Assert.Equal(content, await store.ReadAllAsync(Digest.Of(content), None));
        }
    }

    /// <summary>The bytes of the one segment of a store that holds just these blobs, in this order.</summary>
    private async Task<byte[]> PackOfAsync(byte[][] contents)
    {
        string name = $"origin{Guid.NewGuid():n}";
        await using (LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory[name], None))
        {
            foreach (byte[] content in contents)
            {
                await store.PutAsync(content, None);
            }
        }

        return await File.ReadAllBytesAsync(PackPath(name, 1));
    }

    /// <summary>Opens a store whose one segment has these bytes.</summary>
    private async Task<LocalBlobStore> OpenAroundAsync(string name, byte[] pack)
    {
        Directory.CreateDirectory(_directory[$"{name}/packs"]);
        await File.WriteAllBytesAsync(PackPath(name, 1), pack);
        return await LocalBlobStore.OpenAsync(_directory[name], None);
    }

    private ValueTask<LocalBlobStore> OpenSmallAsync(string name) => LocalBlobStore.OpenAsync(_directory[name], 10_000, None);

    private string PackPath(string store, int number) => _directory[$"{store}/packs/{number:d10}.pack"];

    private string LoosePath(string store, byte[] content) => _directory[$"{store}/loose/{Digest.Of(content).Hex[..2]}/{Digest.Of(content).Hex}"];
}
