namespace Slipway.Content.Blobs;

/// <summary>
/// A promise of the store to one piece of work (a request, a datum): what is put or found while it is held is not swept before it ends. See
/// <see cref="BlobLeases"/>.
/// </summary>
public sealed class BlobLease : IDisposable
{
    private readonly long _generation;
    private BlobLeases? _leases;

    internal BlobLease(BlobLeases leases, long generation) => (_leases, _generation) = (leases, generation);

    /// <summary>Ends the lease; by now what was put is named by a row, or is garbage.</summary>
    public void Dispose() => Interlocked.Exchange(ref _leases, null)?.End(_generation);
}
