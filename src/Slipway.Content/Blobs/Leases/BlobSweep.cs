namespace Slipway.Content.Blobs;

/// <summary>One sweep of a store: begun before the roots are read, ended when the last batch is through.</summary>
public sealed class BlobSweep : IDisposable
{
    private BlobLeases? _leases;

    internal BlobSweep(BlobLeases leases) => _leases = leases;

    /// <summary>True where work under way keeps the blob, so that this sweep would spare it.</summary>
    public bool IsLeased(Digest digest) => Leases().IsTouched(digest);

    /// <summary>Deletes the blobs of a batch, which no root reaches, but those that a lease keeps. Returns what was deleted.</summary>
    public async ValueTask<IReadOnlyList<BlobInfo>> DeleteAsync(IBlobStore blobs, IReadOnlyCollection<BlobInfo> batch, CancellationToken cancellationToken)
    {
        BlobLeases leases = Leases();
        List<BlobInfo> taken = leases.BeginBatch(batch);
        try
        {
            await blobs.DeleteAsync([.. taken.Select(blob => blob.Digest)], cancellationToken);
        }
        finally
        {
            leases.EndBatch();
        }

        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _leases, null)?.EndSweep();

    private BlobLeases Leases() => _leases ?? throw new ObjectDisposedException(nameof(BlobSweep));
}
