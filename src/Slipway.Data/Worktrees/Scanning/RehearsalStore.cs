using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// A store that takes files for their digests alone, and keeps small objects (nodes of trees, targets of links) in memory: so a folder is compared with
/// a commit without storing what differs.
/// </summary>
internal sealed class RehearsalStore(IBlobStore inner) : IBlobStore
{
    private const int ReadBuffer = 1 << 20;

    private readonly ConcurrentDictionary<Digest, byte[]> _objects = new();

    public async ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBuffer);
        try
        {
            long size = 0;
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer.AsSpan(0, count));
                size += count;
            }

            return new BlobInfo(new Digest(hash.GetHashAndReset()), size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Digest digest = Digest.Of(content.Span);
        if (!_objects.ContainsKey(digest) && await inner.FindAsync(digest, cancellationToken) is null)
        {
            _objects[digest] = content.ToArray();
        }

        return new BlobInfo(digest, content.Length);
    }

    public async ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken) =>
        _objects.TryGetValue(digest, out byte[]? bytes) ? new BlobInfo(digest, bytes.Length) : await inner.FindAsync(digest, cancellationToken);

    public async ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken) =>
        _objects.TryGetValue(digest, out byte[]? bytes) ? new MemoryStream(bytes, writable: false) : await inner.OpenAsync(digest, cancellationToken);

    public async ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) =>
        await inner.FindMissingAsync([.. digests.Where(digest => !_objects.ContainsKey(digest))], cancellationToken);

    public ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken) => throw Unwanted();

    public ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken) =>
        inner.MaterializeAsync(digest, path, mode, cancellationToken);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    public ValueTask<BlobHealth> VerifyAsync(Digest digest, CancellationToken cancellationToken) => inner.VerifyAsync(digest, cancellationToken);

    public ValueTask DeleteAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) => throw Unwanted();

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private static InvalidOperationException Unwanted() => new("a rehearsal changes nothing");
}
