using Slipway.Content.Blobs.Local;
using Slipway.Content.Blobs.Loose;
using Slipway.Content.Blobs.Packs;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <summary>
    /// One round of syncs. 1: hand the segments' buffers to the kernel. 2: sync the bytes of segments and staged files, one by one while they
    /// are few, else all at once. 3: give the synced files their names. 4: sync the names. 5: seal the full segments. 6: the same for recipes, whose sources are durable now.
    /// </summary>
    private void Flush()
    {
        KeyValuePair<Digest, string>[] composed = _composed.Staged();
        PackFlush packs;
        try
        {
            packs = _packs.BeginFlush();
        }
        catch (Exception exception) when (DiskFailure.IsKnown(exception))
        {
            // The buffers are kept: the next round writes them, if there is space by then.
            throw DiskFailure.Translate(exception, _directory.Root);
        }

        try
        {
            StagedBlob[] staged = _loose.Staged();
            SyncContent(packs, staged);
            _loose.Publish(staged);
            SyncNames(_loose.Changed);
            _loose.Changed.Clear();
            _packs.EndFlush(packs);
            _composed.Publish(composed);
        }
        catch (Exception exception) when (DiskFailure.IsFull(exception) && !DiskFailure.IsSync(exception))
        {
            // What was not sealed or named yet waits for the next round, which goes on from here.
            _packs.GiveUpFlush(packs);
            throw DiskFailure.Translate(exception, _directory.Root);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // After a failed sync the kernel may have dropped the pages and call the next sync a success. What is in doubt goes when the
            // store is opened again; until then it takes nothing more.
            _failure = new SlipwayException(
                DiskFailure.IsFull(exception) ? ErrorKind.OutOfSpace : ErrorKind.Unavailable,
                $"blob store {_directory.Root} could not be written to the disk: {exception.Message}",
                DiskFailure.IsFull(exception) ? $"Free some space (df -h {_directory.Root}), then restart the server." : "Check the disk (dmesg), then restart the server.",
                exception);
            throw _failure;
        }
    }

    private void SyncContent(PackFlush packs, StagedBlob[] staged)
    {
        if (staged.Length > SyncOneByOne)
        {
            _directory.SyncAll();
            return;
        }

        _loose.Sync(staged);
        foreach (OpenPack pack in packs.Dirty)
        {
            _directory.Disk.SyncContent(pack.Handle, pack.FullPath);
        }
    }

    private void SyncNames(HashSet<string> folders)
    {
        if (folders.Count > SyncOneByOne)
        {
            _directory.SyncAll();
            return;
        }

        foreach (string folder in folders)
        {
            _directory.Disk.SyncNames(folder);
        }
    }

    /// <summary>Writes segments that are mostly dead anew, so that a deletion gives its space back.</summary>
    private async ValueTask CompactAsync(CancellationToken cancellationToken)
    {
        await _compacting.WaitAsync(cancellationToken);
        try
        {
            while (_packs.FindMostlyDead() is { } pack)
            {
                if (_packs.TryEvacuate(pack, cancellationToken))
                {
                    await FlushAsync(cancellationToken);
                    _packs.Remove(pack);
                }
            }
        }
        catch (Exception exception) when (DiskFailure.IsFull(exception) || exception is SlipwayException { Kind: ErrorKind.OutOfSpace })
        {
            // The blobs are deleted all the same; a later deletion tries again to give the space back.
        }
        finally
        {
            _compacting.Release();
        }
    }
}
