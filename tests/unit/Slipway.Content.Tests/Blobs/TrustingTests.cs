using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Loose;

namespace Slipway.Content.Tests.Blobs;

/// <summary>Reading that trusts a check of the last hour.</summary>
public sealed class TrustingTests : IDisposable
{
    private const int Large = (8 << 20) + 1;
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryDirectory _directory = new();
    private readonly HandClock _clock = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(100_000)]
    [InlineData(Large)]
    public async Task A_blob_is_read_whether_it_was_just_put_or_its_store_was_opened_again(int length)
    {
        byte[] content = Content(length);
        Digest digest = Digest.Of(content);
        await using (LocalBlobStore store = await OpenAsync())
        {
            await store.PutAsync(new MemoryStream(content), null, None);
            Assert.Equal(content, await ReadAsync(store, digest));
        }

        await using LocalBlobStore again = await OpenAsync();
        Assert.Equal(content, await ReadAsync(again, digest));
        Assert.Equal(content, await ReadAsync(again, digest));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(Large)]
    public async Task A_check_is_trusted_for_an_hour_and_for_bytes_that_nobody_wrote_to(int length)
    {
        byte[] content = Content(length);
        Digest digest = Digest.Of(content);
        await using LocalBlobStore store = await OpenAsync();
        await store.PutAsync(new MemoryStream(content), null, None);
        await store.FlushAsync(None);
        string file = LooseFile(length);
        DateTime written = File.GetLastWriteTimeUtc(file);
        File.SetLastWriteTimeUtc(file, written);
        Assert.Equal(content, await ReadAsync(store, digest));

        // As the disk changes bits: no time says so.
        content[length / 2] ^= 1;
        await WriteAsync(file, content);
        File.SetLastWriteTimeUtc(file, written);
        Assert.Equal(content, await ReadAsync(store, digest));
        await AssertCorruptAsync(async () => await store.ReadAllAsync(digest, None));
        _clock.Now += CheckedFiles.Lasts.Ticks;
        await AssertCorruptAsync(() => ReadAsync(store, digest));

        content[length / 2] ^= 1;
        await WriteAsync(file, content);
        Assert.Equal(content, await ReadAsync(store, digest));
        content[0] ^= 1;
        await WriteAsync(file, content);
        await AssertCorruptAsync(() => ReadAsync(store, digest));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_composed_blob_is_trusted_where_each_of_its_parts_is(int changed)
    {
        byte[] head = Content(9 << 20), tail = Content(70_000);
        byte[][] parts = [head, tail];
        Digest whole = Digest.Of([.. head, .. tail]);
        await using LocalBlobStore store = await OpenAsync();
        BlobInfo first = await store.PutAsync(new MemoryStream(head), null, None);
        Assert.Equal(whole, (await store.AppendAsync(first.Digest, new MemoryStream(tail), None)).Digest);
        await store.FlushAsync(None);
        Assert.Equal(whole, Digest.Of(await ReadAsync(store, whole)));

        parts[changed][5] ^= 1;
        await WriteAsync(LooseFile(parts[changed].Length), parts[changed]);
        await AssertCorruptAsync(() => ReadAsync(store, whole));
    }

    [Fact]
    public async Task A_missing_blob_is_not_found()
    {
        await using LocalBlobStore store = await OpenAsync();
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<SlipwayException>(() => ReadAsync(store, Digest.Of("none"u8)))).Kind);
    }

    [Fact]
    public async Task The_file_of_a_blob_is_given_once_it_is_checked_and_stays_readable_when_the_blob_is_gone()
    {
        byte[] content = Content(100_000), small = Content(5);
        Digest digest = Digest.Of(content);
        await using LocalBlobStore store = await OpenAsync();
        await store.PutAsync(new MemoryStream(content), null, None);
        await store.PutAsync(small, None);
        await store.FlushAsync(None);
        Assert.Null(await store.TryOpenFileAsync(Digest.Of(small), verify: true, None));
        Assert.Null(await store.TryOpenFileAsync(Digest.Of("none"u8), verify: true, None));
        using (SafeFileHandle file = (await store.TryOpenFileAsync(digest, verify: true, None))!)
        {
            await store.DeleteAsync([digest], None);
            byte[] read = new byte[content.Length];
            RandomAccess.Read(file, read, 0);
            Assert.Equal(content, read);
        }

        await store.PutAsync(new MemoryStream(content), null, None);
        await store.FlushAsync(None);
        content[7] ^= 1;
        await WriteAsync(LooseFile(content.Length), content);
        await AssertCorruptAsync(async () => await store.TryOpenFileAsync(digest, verify: true, None));
        using SafeFileHandle asItIs = (await store.TryOpenFileAsync(digest, verify: false, None))!;
        Assert.Equal(content.Length, RandomAccess.GetLength(asItIs));
    }

    private static byte[] Content(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(LocalBlobStore store, Digest digest)
    {
        using MemoryStream read = new();
        await using Stream content = await store.OpenTrustingAsync(digest, None);
        await content.CopyToAsync(read, None);
        return read.ToArray();
    }

    private static async Task AssertCorruptAsync(Func<Task> read) => Assert.Equal(ErrorKind.Corrupt, (await Assert.ThrowsAsync<SlipwayException>(read)).Kind);

    private static async Task WriteAsync(string file, byte[] content)
    {
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(file, content);
    }

    private string LooseFile(int length) =>
        new DirectoryInfo(_directory["store/loose"]).GetFiles("*", SearchOption.AllDirectories).Single(file => file.Length == length).FullName;

    private ValueTask<LocalBlobStore> OpenAsync() => LocalBlobStore.OpenAsync(_directory["store"], _clock, None);

    private sealed class HandClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
