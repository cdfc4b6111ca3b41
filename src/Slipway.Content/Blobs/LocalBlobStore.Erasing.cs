using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Content.Blobs.Packs;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <summary>
    /// Removes blobs so that no file of the store holds their bytes any more: every segment that has a record of one, living or long dead, is written
    /// anew without it. (A deletion alone leaves bytes in a segment until most of it is dead.) The disk's own blocks are not overwritten.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: a segment has another blob that is damaged, and must be repaired first.</exception>
    public async ValueTask EraseAsync(IReadOnlySet<Digest> digests, CancellationToken cancellationToken)
    {
        await UntangleAsync(digests, cancellationToken);
        await DeleteAsync(digests, cancellationToken);
        await _compacting.WaitAsync(cancellationToken);
        try
        {
            // Only a sealed segment is written anew: the one being written is ended, and sealed by the flush.
            _packs.Rotate();
            await FlushAsync(cancellationToken);
            await FlushAsync(cancellationToken);
            foreach (SealedPack pack in _packs.FindHolding(digests))
            {
                if (!_packs.TryEvacuate(pack, cancellationToken))
                {
                    throw new SlipwayException(
                        ErrorKind.Corrupt, $"{pack.FullPath} cannot be written anew: another blob in it is damaged", "Mend it first: slipway verify --all --repair --from HOME");
                }

                await FlushAsync(cancellationToken);
                _packs.Remove(pack);
            }

            // A power cut brings nothing of them back from here on.
            _directory.SyncAll();
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
        finally
        {
            _compacting.Release();
        }
    }

    /// <summary>The blobs whose bytes some composed blobs are made of: what was appended stands there, though no row may name it.</summary>
    public IReadOnlySet<Digest> SourcesOf(IEnumerable<Digest> digests)
    {
        HashSet<Digest> sources = [];
        Queue<Digest> ahead = new(digests);
        while (ahead.TryDequeue(out Digest digest))
        {
            foreach (Digest source in _composed.Find(digest)?.Parts.Select(part => part.Source) ?? [])
            {
                if (sources.Add(source))
                {
                    ahead.Enqueue(source);
                }
            }
        }

        return sources;
    }

    /// <summary>Those of some blobs of which the store still has a file or a record, read from its files: none after an erasure.</summary>
    public ValueTask<IReadOnlyList<Digest>> FindTracesAsync(IReadOnlySet<Digest> digests, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        HashSet<Digest> found = [.. digests.Where(HasTrace)];
        found.UnionWith(_packs.FindRecords(digests));
        return new([.. found]);
    }

    /// <inheritdoc/>
    public ValueTask NoteAsync(Digest digest, bool isTaken, CancellationToken cancellationToken) =>
        isTaken ? AnnounceAsync(digest, cancellationToken) : Leases.TouchAsync(digest, cancellationToken);

    /// <inheritdoc/>
    public PurgeMark? FindPurge(Digest digest) => Purged.Find(digest);

    private bool HasTrace(Digest digest) => _loose.FindSize(digest) is not null || _packs.FindSize(digest) is not null
        || _composed.Find(digest) is not null || _composed.IsHidden(digest) || _whole.Has(digest);

    /// <summary>Gives the composed blobs that need bytes of some others a whole file each, so that the others can go at once.</summary>
    private async ValueTask UntangleAsync(IReadOnlySet<Digest> digests, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        IReadOnlyList<KeyValuePair<Digest, Recipe>> users = [.. _composed.FindUsersOf(digests).Where(user => !digests.Contains(user.Key))];
        if (users.Count == 0)
        {
            return;
        }

        try
        {
            foreach ((Digest digest, Recipe recipe) in users)
            {
                using TemporaryFile file = TemporaryFile.Create(_directory.Disk, _directory.Temporary);
                WholeFiles.Write(recipe, file, source => _loose.TryOpen(source, out _), OpenStored, cancellationToken);
                Stage(new BlobInfo(digest, recipe.Size), file);
            }

            await FlushAsync(cancellationToken);
            foreach ((Digest digest, _) in users)
            {
                Forget(_composed.Delete(digest));
            }
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            throw DiskFailure.Translate(exception, _directory.Root);
        }
    }

    /// <summary>Before a blob is taken: purged ones are refused, and leases hear of it.</summary>
    private ValueTask AnnounceAsync(Digest digest, CancellationToken cancellationToken)
    {
        Purged.ThrowIfRefused(digest);
        return Leases.TouchAsync(digest, cancellationToken);
    }
}
