using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Tests.Blobs;

/// <summary>A blob is put again just while its bytes go, which another blob had kept.</summary>
public sealed class RevivalTests : IDisposable
{
    /// <summary>As long as the deletion waits for a put that, as it should, waits for the deletion.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Ways => ["stream", "stream of a known digest", "memory", "file", "adopted"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task It_is_there_afterwards(string way)
    {
        byte[] head = Content((int)LocalBlobStore.LargeSize + 1, 1), tail = Content(70_000, 2);
        Digest revived = Digest.Of(tail);
        string file = _directory["store/loose"] + $"/{revived.Hex[..2]}/{revived.Hex}";
        Func<Task>? put = null;
        Task putting = Task.CompletedTask;
        await using LocalBlobStore store = await LocalBlobStore.OpenAsync(_directory["store"], 1 << 20, default, change =>
        {
            if (change is NameRemoved removed && removed.Path == file && Interlocked.Exchange(ref put, null) is { } begin)
            {
                putting = Task.Run(begin);
                Task.WaitAny([putting], Patience);
            }
        });
        BlobInfo first = await store.PutAsync(head, default);
        BlobInfo grown = await store.AppendAsync(first.Digest, new MemoryStream(tail), default);
        await store.FlushAsync(default);
        await store.DeleteAsync([revived], default);
        Assert.Null(await store.FindAsync(revived, default));

        put = () => PutAsync(store, way, tail);
        await store.DeleteAsync([grown.Digest], default);
        Assert.Null(put);
        await putting;
        Assert.Equal(tail, await store.ReadAllAsync(revived, default));
        await store.FlushAsync(default);
        Assert.Equal(tail, await store.ReadAllAsync(revived, default));
    }

    private async Task PutAsync(LocalBlobStore store, string way, byte[] content)
    {
        string path = _directory[Guid.NewGuid().ToString("n")];
        switch (way)
        {
            case "stream":
                await store.PutAsync(new MemoryStream(content), null, default);
                break;
            case "stream of a known digest":
                await store.PutAsync(new MemoryStream(content), Digest.Of(content), default);
                break;
            case "memory":
                await store.PutAsync(content, default);
                break;
            case "file":
                await File.WriteAllBytesAsync(path, content);
                using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path))
                {
                    await store.PutFileAsync(file, default);
                }

                break;
            default:
                await File.WriteAllBytesAsync(path, content);
                await store.AdoptAsync(path, default);
                break;
        }
    }

    private static byte[] Content(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
