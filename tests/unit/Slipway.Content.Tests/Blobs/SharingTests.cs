using Slipway.Content.Blobs;

namespace Slipway.Content.Tests.Blobs;

/// <summary>New versions of a large file, put as a whole, and what becomes of the bytes that they share.</summary>
public sealed class SharingTests : IAsyncLifetime, IDisposable
{
    private const int Large = (int)LocalBlobStore.LargeSize;
    private const int Block = 64 << 10;

    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(23);
    private LocalBlobStore _store = null!;

    public async Task InitializeAsync() => _store = await OpenAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_version_put_as_a_whole_stores_what_is_new()
    {
        byte[] content = Bytes(Large + 12_345);
        Digest before = await PutAsync(content, null);
        await _store.FlushAsync(default);
        for (int i = 0; i < 24; i++)
        {
            byte[] next = Changed(content, i % 6);
            long stored = Stored();
            BlobInfo blob = i % 2 == 0 ? await PutFileAsync(next, before) : await _store.PutAsync(new MemoryStream(next), null, before, default);
            Assert.Equal(new BlobInfo(Digest.Of(next), next.Length), blob);
            await _store.FlushAsync(default);
            Assert.InRange(Stored() - stored, 0, 4 * Block);
            (content, before) = (next, blob.Digest);
            Assert.Equal(content, await _store.ReadAllAsync(before, default));
            Assert.Equal(before, (await _store.AppendAsync(before, Stream.Null, default)).Digest);
        }

        // The versions before go; the last stays whole, also when it is opened again, and goes on to grow.
        await _store.DeleteAsync(await OthersAsync(before), default);
        await _store.DisposeAsync();
        _store = await OpenAsync();
        Assert.Equal(content, await _store.ReadAllAsync(before, default));
        Assert.Equal([before], (await _store.ListAsync(default).ToListAsync()).Select(blob => blob.Digest));
        Assert.Equal(Digest.Of([.. content, 7]), (await _store.AppendAsync(before, new MemoryStream([7]), default)).Digest);
    }

    [Fact]
    public async Task What_shares_little_or_would_keep_much_is_stored_whole()
    {
        byte[] content = Bytes(3 * Large);
        Digest before = await PutAsync(content, null);
        Digest other = await PutAsync(Bytes(Large), before);
        Digest absent = await PutAsync(Bytes(Large), Digest.Of("never stored"));
        Digest begin = await PutAsync(content[..Large], before);
        await _store.FlushAsync(default);
        Assert.False(Directory.Exists(_directory["store/composed"]));
        await _store.DeleteAsync([before], default);
        Assert.Equal(3, Directory.GetFiles(_directory["store/loose"], "*", SearchOption.AllDirectories).Length);
        Assert.Empty(await _store.FindMissingAsync([other, absent, begin], default));
    }

    [Fact]
    public async Task A_version_that_is_not_the_expected_one_leaves_nothing()
    {
        byte[] content = Bytes(Large);
        Digest before = await PutAsync(content, null);
        await Assert.ThrowsAsync<SlipwayException>(
            async () => await _store.PutAsync(new MemoryStream([.. content, 1]), Digest.Of("another"), before, default));
        Assert.Equal([before], (await _store.ListAsync(default).ToListAsync()).Select(blob => blob.Digest));
    }

    [Fact]
    public async Task An_erased_version_leaves_no_file_and_the_one_that_shared_with_it_is_whole()
    {
        byte[] content = Bytes(Large + 100);
        Digest before = await PutAsync(content, null);
        byte[] next = [.. content, .. Bytes(100_000)];
        Digest after = await PutAsync(next, before);
        await _store.FlushAsync(default);
        Assert.Single(Directory.GetFiles(_directory["store/composed"], "*", SearchOption.AllDirectories));
        HashSet<Digest> gone = [before];
        Assert.Equal([before], await _store.FindTracesAsync(gone, default));
        await _store.EraseAsync(gone, default);
        Assert.Empty(await _store.FindTracesAsync(gone, default));
        Assert.DoesNotContain(Directory.GetFiles(_directory["store"], "*", SearchOption.AllDirectories), file => file.EndsWith(before.Hex, StringComparison.Ordinal));
        await _store.DisposeAsync();
        _store = await OpenAsync();
        Assert.Equal(next, await _store.ReadAllAsync(after, default));
    }

    [Fact]
    public async Task The_store_says_the_newer_format_from_its_first_composed_blob_on()
    {
        byte[] content = Bytes(Large);
        Digest before = await PutAsync(content, null);
        Assert.Equal("slipway-content 1\n", await File.ReadAllTextAsync(_directory["store/format"]));
        await PutAsync([.. content, 1], before);
        Assert.Equal("slipway-content 2\n", await File.ReadAllTextAsync(_directory["store/format"]));
        await _store.DisposeAsync();
        _store = await OpenAsync();
        Assert.Equal(2, await _store.ListAsync(default).CountAsync(blob => blob.Size >= Large));
        Assert.Empty(await _store.CheckAsync(default).ToListAsync());
    }

    [Fact]
    public async Task A_recipe_that_cannot_be_read_costs_no_hidden_bytes()
    {
        byte[] content = Bytes(Large);
        Digest before = await PutAsync(content, null);
        Digest after = await PutAsync([.. content, .. Bytes(100)], before);
        await _store.FlushAsync(default);
        await _store.DeleteAsync([before], default);
        await _store.DisposeAsync();
        string recipe = Directory.GetFiles(_directory["store/composed"], "*", SearchOption.AllDirectories).Single();
        byte[] good = await File.ReadAllBytesAsync(recipe);
        File.SetUnixFileMode(recipe, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(recipe, good[..^1]);
        await (await OpenAsync()).DisposeAsync();
        await File.WriteAllBytesAsync(recipe, good);
        _store = await OpenAsync();
        Assert.Equal(BlobHealth.Healthy, await _store.VerifyAsync(after, default));
    }

    [Fact]
    public async Task Files_written_out_before_a_crash_are_made_again()
    {
        byte[] content = Bytes(Large);
        Digest before = await PutAsync(content, null);
        byte[] next = [.. content, .. Bytes(100)];
        Digest after = await PutAsync(next, before);
        const UnixFileMode mode = UnixFileMode.UserRead;
        await _store.MaterializeAsync(after, _directory["one"], mode, default);
        await _store.DisposeAsync();
        File.Delete(_directory["store/clean"]);
        string torn = Directory.GetFiles(_directory["store/whole"], "*", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(torn, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(torn, []);
        _store = await OpenAsync();
        await _store.MaterializeAsync(after, _directory["two"], mode, default);
        Assert.Equal(next, await File.ReadAllBytesAsync(_directory["two"]));
    }

    private byte[] Changed(byte[] content, int how)
    {
        int at = _random.Next(content.Length);
        return how switch
        {
            0 => [.. content, .. Bytes(70_000)],
            1 => [.. content[..at], .. Bytes(1_000), .. content[at..]],
            2 => [.. content[..at], .. Bytes(Math.Min(500, content.Length - at)), .. content[Math.Min(at + 500, content.Length)..]],
            3 => [.. Bytes(10), .. content],
            4 => [.. content[..at], .. content[Math.Min(at + 5_000, content.Length)..]],
            _ => [.. content, .. Bytes(1)],
        };
    }

    private async Task<Digest> PutAsync(byte[] content, Digest? similar) =>
        (await _store.PutAsync(new MemoryStream(content), null, similar, default)).Digest;

    private async Task<BlobInfo> PutFileAsync(byte[] content, Digest similar)
    {
        await File.WriteAllBytesAsync(_directory["file"], content);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(_directory["file"]);
        return await _store.PutFileAsync(file, similar, default);
    }

    private async Task<List<Digest>> OthersAsync(Digest kept) =>
        [.. (await _store.ListAsync(default).ToListAsync()).Select(blob => blob.Digest).Where(digest => digest != kept)];

    private ValueTask<LocalBlobStore> OpenAsync() => LocalBlobStore.OpenAsync(_directory["store"], default);

    private long Stored() => new[] { "loose", "packs" }.SelectMany(name => Directory.GetFiles(_directory["store/" + name], "*", SearchOption.AllDirectories))
        .Sum(file => new FileInfo(file).Length);

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
