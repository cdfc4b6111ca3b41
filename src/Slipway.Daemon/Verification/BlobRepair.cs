using Slipway.Content;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Verification;

/// <summary>Mends blobs from good copies elsewhere.</summary>
internal sealed class BlobRepair(LocalBlobStore blobs, IReadOnlyList<IGoodCopies> copies, SealedNames names)
{
    /// <summary>Mends one blob; says from where, or null where no source has its bytes. One of an encrypted project is mended as it is sealed.</summary>
    public async Task<string?> TryAsync(Digest digest, CancellationToken cancellationToken)
    {
        foreach (Digest stored in names.InStore(digest))
        {
            if (await TryStoredAsync(stored, cancellationToken) is { } source)
            {
                return source;
            }
        }

        return null;
    }

    private async Task<string?> TryStoredAsync(Digest digest, CancellationToken cancellationToken)
    {
        foreach (IGoodCopies source in copies)
        {
            await using Stream? copy = await source.TryOpenAsync(digest, cancellationToken);
            if (copy is null)
            {
                continue;
            }

            try
            {
                await blobs.RepairAsync(digest, copy, cancellationToken);
                return source.Name;
            }
            catch (SlipwayException failure) when (failure.Kind == ErrorKind.Corrupt)
            {
                // This copy is bad too: the next source may have a good one.
            }
            catch (IOException) when (copy.CanRead)
            {
                // It cannot be read to its end.
            }
        }

        return null;
    }
}
