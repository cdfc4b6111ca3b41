using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <inheritdoc/>
    public async ValueTask DeleteAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        try
        {
            foreach (Digest digest in digests)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Delete(digest);
            }
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }

        await CompactAsync(cancellationToken);
    }

    /// <summary>Deletes a blob, and what was kept only for it; a blob whose bytes another needs is hidden.</summary>
    private void Delete(Digest digest)
    {
        lock (_sharing)
        {
            _whole.Remove(digest);
            Forget(_composed.Delete(digest));
            if (!_composed.TryHide(digest))
            {
                Forget([digest]);
            }
        }
    }

    private void Forget(IReadOnlyList<Digest> digests)
    {
        foreach (Digest digest in digests)
        {
            _loose.Delete(digest);
            _packs.Delete(digest);
            _states.Remove(digest);
            _composed.Show(digest);
        }
    }
}
