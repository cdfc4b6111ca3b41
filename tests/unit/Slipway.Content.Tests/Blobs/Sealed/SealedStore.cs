using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;

namespace Slipway.Content.Tests.Blobs.Sealed;

/// <summary>A sealed store over a store and a database of its own, which close with it.</summary>
internal sealed class SealedStore : IBlobStore, IAsyncDisposable
{
    private readonly SealedBlobStore _store;

    private SealedStore(LocalBlobStore inner, SqliteMetadataStore metadata, ProjectKeys keys)
    {
        (Inner, Metadata, Keys) = (inner, metadata, keys);
        _store = new SealedBlobStore(inner, metadata, keys);
    }

    public LocalBlobStore Inner { get; }

    public SqliteMetadataStore Metadata { get; }

    public ProjectKeys Keys { get; }

    /// <summary>Keys that are the same in every run: this byte, 32 times, seals; the next one names.</summary>
    public static ProjectKeys KeysOf(byte fill, string project = "secret") => new(
        project, [.. Enumerable.Repeat((byte)(fill + 1), 32)], [new DataKey(new Guid([.. Enumerable.Repeat(fill, 16)]), [.. Enumerable.Repeat(fill, 32)])]);

    public static async Task<SealedStore> OpenAsync(TemporaryDirectory directory, ProjectKeys? keys = null) => new(
        await LocalBlobStore.OpenAsync(directory["store"], default), await SqliteMetadataStore.OpenAsync(directory["metadata.db"], default), keys ?? KeysOf(1));

    public ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken) => _store.PutAsync(content, expected, cancellationToken);

    public ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => _store.PutAsync(content, cancellationToken);

    public ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken) => _store.AdoptAsync(path, cancellationToken);

    public ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken) => _store.FindAsync(digest, cancellationToken);

    public ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken) => _store.OpenAsync(digest, cancellationToken);

    public ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) =>
        _store.FindMissingAsync(digests, cancellationToken);

    public ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken) =>
        _store.MaterializeAsync(digest, path, mode, cancellationToken);

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) => _store.ListAsync(cancellationToken);

    public ValueTask<BlobHealth> VerifyAsync(Digest digest, CancellationToken cancellationToken) => _store.VerifyAsync(digest, cancellationToken);

    public ValueTask DeleteAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) => _store.DeleteAsync(digests, cancellationToken);

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _store.FlushAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Metadata.DisposeAsync();
        await Inner.DisposeAsync();
    }
}
