using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Loose;
using Slipway.Linux;

namespace Slipway.Content.Tests.Blobs;

public sealed class CopyToTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    [InlineData(65_537)]
    [InlineData(3_000_000)]
    [InlineData((8 << 20) + 1)]
    public async Task A_blob_is_copied_whether_it_was_just_put_or_its_store_was_opened_again(int length)
    {
        byte[] content = Content(length);
        Digest digest = Digest.Of(content);
        await using (LocalBlobStore store = await OpenAsync())
        {
            await store.PutAsync(new MemoryStream(content), null, None);
            Assert.Equal(content, await CopyAsync(store, digest));
        }

        await using LocalBlobStore again = await OpenAsync();
        Assert.Equal(content, await CopyAsync(again, digest));
        Assert.Equal(content, await CopyAsync(again, digest));
    }

    [Fact]
    public async Task A_composed_blob_is_copied()
    {
        byte[] head = Content(9 << 20), tail = Content(70_000);
        await using LocalBlobStore store = await OpenAsync();
        BlobInfo first = await store.PutAsync(head, None);
        BlobInfo grown = await store.AppendAsync(first.Digest, new MemoryStream(tail), None);
        Assert.Equal(Digest.Of([.. head, .. tail]), Digest.Of(await CopyAsync(store, grown.Digest)));
    }

    [Theory]
    [InlineData(100_000, false)]
    [InlineData(100_000, true)]
    [InlineData((8 << 20) + 1, false)]
    [InlineData((8 << 20) + 1, true)]
    public async Task A_file_that_was_written_to_is_never_believed(int length, bool copiedBefore)
    {
        byte[] content = Content(length);
        Digest digest = Digest.Of(content);
        await using LocalBlobStore store = await OpenAsync();
        await store.PutAsync(new MemoryStream(content), null, None);
        await store.FlushAsync(None);
        if (copiedBefore)
        {
            await CopyAsync(store, digest);
        }

        string file = Directory.GetFiles(_directory["store/loose"], "*", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        content[length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, content);
        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(() => CopyAsync(store, digest));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
    }

    [Fact]
    public async Task A_missing_blob_is_not_found()
    {
        await using LocalBlobStore store = await OpenAsync();
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<SlipwayException>(() => CopyAsync(store, Digest.Of("none"u8)))).Kind);
    }

    [Fact]
    public void A_check_counts_for_an_hour_and_for_that_file_alone()
    {
        HandClock clock = new();
        CheckedFiles files = new(clock);
        FileStatus status = Libc.Status("/");
        Digest digest = Digest.Of("a"u8);
        Assert.False(files.Has(digest, status));
        files.Add(digest, status);
        Assert.True(files.Has(digest, status));
        Assert.False(files.Has(Digest.Of("b"u8), status));
        Assert.False(files.Has(digest, status with { Inode = status.Inode + 1 }));
        Assert.False(files.Has(digest, status with { Size = status.Size + 1 }));
        Assert.False(files.Has(digest, status with { ModifiedNanoseconds = status.ModifiedNanoseconds ^ 1 }));
        Assert.True(files.Has(digest, status with { ChangedNanoseconds = 1, Links = 7 }));
        clock.Now += CheckedFiles.Lasts.Ticks;
        Assert.False(files.Has(digest, status));
    }

    private static byte[] Content(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private async Task<byte[]> CopyAsync(LocalBlobStore store, Digest digest)
    {
        string path = _directory[Guid.NewGuid().ToString("n")];
        using (SafeFileHandle target = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            await store.CopyToAsync(digest, target, None);
        }

        return await File.ReadAllBytesAsync(path);
    }

    private ValueTask<LocalBlobStore> OpenAsync() => LocalBlobStore.OpenAsync(_directory["store"], TimeProvider.System, None);

    private sealed class HandClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
