using System.Collections.Concurrent;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Data.Tests.Doubles;

/// <summary>A double of a blob store: a dictionary, with counts of what was asked of it.</summary>
internal sealed class InMemoryBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<Digest, byte[]> _blobs = new();
    private int _puts;
    private int _opens;
    private int _flushes;

    public int Puts => _puts;

    public int Opens => _opens;

    public int Flushes => _flushes;

    /// <summary>How many puts were made before the last flush.</summary>
    public int PutsFlushed { get; private set; }

    public int LargestPut { get; private set; }

    public int Count => _blobs.Count;

    /// <summary>Comes before each materialization; what it throws, that throws.</summary>
    public Func<Digest, Task>? BeforeMaterialize { get; set; }

    public async ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken)
    {
        using MemoryStream copy = new();
        await content.CopyToAsync(copy, cancellationToken);
        return await PutAsync(copy.ToArray(), cancellationToken);
    }

    public ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _puts);
        LargestPut = Math.Max(LargestPut, content.Length);
        Digest digest = Digest.Of(content.Span);
        _blobs.TryAdd(digest, content.ToArray());
        return new(new BlobInfo(digest, content.Length));
    }

    public async ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken)
    {
        BlobInfo blob = await PutAsync(await File.ReadAllBytesAsync(path, cancellationToken), cancellationToken);
        File.Delete(path);
        return blob;
    }

    public ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken) =>
        new(_blobs.TryGetValue(digest, out byte[]? content) ? new BlobInfo(digest, content.Length) : null);

    public ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opens);
        return _blobs.TryGetValue(digest, out byte[]? content)
            ? new(new MemoryStream(content, writable: false))
            : throw new SlipwayException(ErrorKind.NotFound, $"no blob {digest}");
    }

    public ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) =>
        new([.. digests.Where(d => !_blobs.ContainsKey(d))]);

    public async ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken)
    {
        await (BeforeMaterialize?.Invoke(digest) ?? Task.CompletedTask);
        if (File.Exists(path))
        {
            throw new SlipwayException(ErrorKind.AlreadyExists, $"{path} exists already");
        }

        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        await using FileStream file = new(path, options);
        await file.WriteAsync(_blobs[digest], cancellationToken);
    }

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) =>
        _blobs.Select(blob => new BlobInfo(blob.Key, blob.Value.Length)).ToAsyncEnumerable();

    public ValueTask<BlobHealth> VerifyAsync(Digest digest, CancellationToken cancellationToken) => new(
        !_blobs.TryGetValue(digest, out byte[]? content) ? BlobHealth.Missing : Digest.Of(content) == digest ? BlobHealth.Healthy : BlobHealth.Corrupt);

    public ValueTask DeleteAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        foreach (Digest digest in digests)
        {
            _blobs.TryRemove(digest, out _);
        }

        return default;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _flushes);
        PutsFlushed = _puts;
        return default;
    }
}
