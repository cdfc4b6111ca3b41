using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs;
using Slipway.Linux;

namespace Slipway.Content.Tests.Blobs;

public sealed class PutFileTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private LocalBlobStore _store = null!;

    private string Source => _directory["source"];

    public async Task InitializeAsync() => _store = await LocalBlobStore.OpenAsync(_directory["store"], default);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData((8 << 20) - 1)]
    [InlineData((8 << 20) + 1)]
    [InlineData(30_000_000)]
    public async Task The_blob_is_the_files_bytes_and_the_file_stays(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        await File.WriteAllBytesAsync(Source, bytes);
        BlobInfo blob = await PutAsync();
        Assert.Equal(new BlobInfo(Digest.Of(bytes), length), blob);
        await _store.FlushAsync(default);
        Assert.Equal(bytes, await _store.ReadAllAsync(blob.Digest, default));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Source));
        Assert.Equal(blob, await PutAsync());
        Assert.Empty(Directory.GetFiles(_directory["store/tmp"]));
    }

    [Fact]
    public async Task Holes_stay_holes()
    {
        const long length = 300L << 20;
        using (SafeFileHandle file = File.OpenHandle(Source, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, "begin"u8, 4096);
            RandomAccess.Write(file, "middle"u8, 100L << 20);
            RandomAccess.SetLength(file, length);
        }

        BlobInfo blob = await PutAsync();
        await _store.FlushAsync(default);
        using SafeFileHandle again = File.OpenHandle(Source);
        byte[] whole = new byte[length];
        RandomAccess.Read(again, whole, 0);
        Assert.Equal(new BlobInfo(Digest.Of(whole), length), blob);
        string stored = Directory.GetFiles(_directory["store/loose"], "*", SearchOption.AllDirectories).Single();
        using SafeFileHandle kept = File.OpenHandle(stored);
        long data = 0;
        for (long at = 0; Libc.NextData(kept, at) is var (start, end); at = end)
        {
            data += end - start;
        }

        Assert.InRange(data, 1, 1 << 20);
    }

    [Theory]
    [InlineData(9 << 20)]
    [InlineData((9 << 20) + 12_345)]
    [InlineData(20 << 20)]
    public async Task A_file_that_grew_is_known_by_its_beginning_and_keeps_only_what_came(int length)
    {
        byte[] bytes = new byte[length + 100_000];
        new Random(length).NextBytes(bytes);
        await File.WriteAllBytesAsync(Source, bytes[..length]);
        BlobInfo first = await PutAsync();
        await File.WriteAllBytesAsync(Source, bytes);
        using SafeFileHandle source = File.OpenHandle(Source);
        BlobInfo grown = await _store.PutFileAsync(source, first.Digest, default);
        Assert.Equal(new BlobInfo(Digest.Of(bytes), bytes.Length), grown);
        await _store.FlushAsync(default);
        Assert.Equal(bytes, await _store.ReadAllAsync(grown.Digest, default));
        Assert.InRange(Directory.GetFiles(_directory["store/loose"], "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), length, length + 200_000);
    }

    [Fact]
    public async Task A_put_given_up_leaves_nothing()
    {
        using (SafeFileHandle file = File.OpenHandle(Source, FileMode.CreateNew, FileAccess.Write))
        {
            // A hole that would take a minute to digest: however late the cancellation comes, it comes in the middle.
            RandomAccess.SetLength(file, 64L << 30);
        }

        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(20));
        using SafeFileHandle source = File.OpenHandle(Source);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _store.PutFileAsync(source, soon.Token));
        Assert.Empty(Directory.GetFiles(_directory["store/tmp"]));
    }

    private async Task<BlobInfo> PutAsync()
    {
        using SafeFileHandle source = File.OpenHandle(Source);
        return await ((IBlobStore)_store).PutFileAsync(source, default);
    }
}
