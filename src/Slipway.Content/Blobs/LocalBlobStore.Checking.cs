using System.Runtime.CompilerServices;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Content.Blobs.Packs;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <summary>
    /// Reads the store's own files again and says what is wrong with them: segments, indexes, burials, strange files. Whether each blob is whole is
    /// <see cref="VerifyAsync"/>'s to say.
    /// </summary>
    public async IAsyncEnumerable<StoreFault> CheckAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        ThrowIfClosed();
        foreach (StoreFault fault in _directory.Check().Concat(_loose.Check()).Concat(_composed.Check()).Concat(_packs.Check()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return fault;
        }
    }

    /// <summary>Makes again what follows from what is whole: damaged indexes from their segments, and the format's name. To be called before blobs are repaired: a wrong index hides them.</summary>
    public void MendIndexes()
    {
        ThrowIfUnusable();
        _directory.MendFormat();
        _packs.MendIndexes();
    }

    /// <summary>
    /// Puts good bytes in the place of a damaged or missing blob. They are digested first, into a file of their own: where they are not the
    /// blob's, nothing changes.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: they have another digest; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    public async ValueTask RepairAsync(Digest digest, Stream good, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        try
        {
            using TemporaryFile file = TemporaryFile.Create(_directory.Disk, _directory.Temporary);
            (BlobInfo blob, _) = await ContentPipe.RunAsync(default, good, file, cancellationToken);
            ThrowIfUnexpected(blob.Digest, digest);
            using BlobLease lease = Leases.Begin();
            Forget([digest]);
            await using FileStream content = new(file.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            await PutAsync(content, digest, cancellationToken);
            await FlushAsync(cancellationToken);
            _composed.DropDamaged(digest);
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
    }

    /// <summary>Writes segments anew whose records are damaged between their blobs. Those with a damaged blob stay as they are; returns how many went.</summary>
    public async ValueTask<int> MendSegmentsAsync(CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        int mended = 0;

        // Only a sealed segment is written anew: the one being written is sealed by the second flush. A whole one goes on, or each look would leave a small one.
        if (_packs.IsOpenDamaged())
        {
            _packs.Rotate();
        }

        await FlushAsync(cancellationToken);
        await FlushAsync(cancellationToken);
        foreach (SealedPack pack in _packs.FindDamaged())
        {
            if (_packs.TryEvacuate(pack, cancellationToken))
            {
                await FlushAsync(cancellationToken);
                _packs.Remove(pack);
                mended++;
            }
        }

        return mended;
    }
}
