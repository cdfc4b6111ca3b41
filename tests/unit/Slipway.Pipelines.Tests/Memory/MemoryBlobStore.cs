using System.Collections.Concurrent;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Pipelines.Tests.Memory;

/// <summary>A blob store that forgets at the end of the test.</summary>
public sealed class MemoryBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<Digest, byte[]> _blobs = new();

    /// <summary>How often it was flushed.</summary>
    public int Flushes { get; private set; }

    public async ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        return await PutAsync(buffer.ToArray(), cancellationToken);
    }

    public ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Digest digest = Digest.Of(content.Span);
        _blobs.TryAdd(digest, content.ToArray());
        return ValueTask.FromResult(new BlobInfo(digest, content.Length));
    }

    public async ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken) =>
        await PutAsync(await File.ReadAllBytesAsync(path, cancellationToken), cancellationToken);

    public ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken) =>
        ValueTask.FromResult<BlobInfo?>(_blobs.TryGetValue(digest, out byte[]? content) ? new BlobInfo(digest, content.Length) : null);

    public ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken) => _blobs.TryGetValue(digest, out byte[]? content)
        ? ValueTask.FromResult<Stream>(new MemoryStream(content, writable: false))
        : throw new SlipwayException(ErrorKind.NotFound, $"there is no blob {digest}");

    public ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Digest>>([.. digests.Where(digest => !_blobs.ContainsKey(digest))]);

    public async ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken) =>
        await File.WriteAllBytesAsync(path, _blobs[digest], cancellationToken);

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

        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Flushes++;
        return ValueTask.CompletedTask;
    }
}
