namespace Slipway.Content.Blobs.Sealed;

/// <summary>The blobs of an encrypted project whose keys could not be opened: every verb fails, saying why and what mends it.</summary>
public sealed class LockedBlobStore(SlipwayException reason) : IBlobStore
{
    /// <inheritdoc/>
    public ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask<BlobInfo> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask<BlobInfo> AdoptAsync(string path, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask<BlobInfo?> FindAsync(Digest digest, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask<Stream> OpenAsync(Digest digest, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Digest>> FindMissingAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask MaterializeAsync(Digest digest, string path, UnixFileMode mode, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask<BlobHealth> VerifyAsync(Digest digest, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask DeleteAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken) => throw Refusal();

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => throw Refusal();

    private SlipwayException Refusal() => new(reason.Kind, reason.Message, reason.Hint, reason);
}
