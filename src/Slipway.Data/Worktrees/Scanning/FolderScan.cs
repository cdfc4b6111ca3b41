using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// Makes a tree of a folder, leaving its files where they are and reading only those that the index does not know. Folders are read side by side,
/// as many as there are processors.
/// </summary>
internal sealed class FolderScan(RepoContent content, ScanIndex known, ScanIndexWriter next, long startedNanoseconds, ScanTally tally) : IDisposable
{
    private const int Alone = 16;
    private const long LargeFile = 8 << 20;

    private readonly FileReading _reading = new(content.Blobs);
    private readonly SemaphoreSlim _spare = new(Environment.ProcessorCount - 1);

    /// <inheritdoc/>
    public void Dispose() => _spare.Dispose();

    /// <summary>The entry of the folder's tree, under the name of <paramref name="path"/>.</summary>
    /// <param name="path">From the scanned folder.</param>
    /// <param name="present">What stands in the repo at this place: its blobs are there for certain. Null: nothing.</param>
    public async ValueTask<TreeEntry> ReadAsync(FolderHandle folder, DataPath path, TreeEntry? present, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            await Task.Yield();
        }

        cancellationToken.ThrowIfCancellationRequested();
        IndexedFolder? indexed = known.Find(path.ToString());
        ScannedEntry[] entries = FolderListing.Read(folder, indexed, out bool same);
        string[] names = Array.ConvertAll(entries, entry => FolderNames.Decode(folder, entry.Name));
        Digest? directory = present is { Kind: EntryKind.Directory } ? present.Digest : null;
        await ReadFoldersAsync(folder, path, entries, names, directory, cancellationToken);
        Count(entries);
        if (same && indexed is not null && indexed.Tree == directory && !AnyFolderChanged(entries, indexed))
        {
            next.Add(path.ToString(), indexed.Body);
            return new TreeEntry(path.Name, EntryKind.Directory, false, indexed.Size, indexed.Tree);
        }

        await ForgetLostAsync(entries, names, directory, cancellationToken);
        await ReadFilesAsync(folder, entries, names, directory, cancellationToken);
        TreeEntry built = await content.Trees.BuildAsync(path.Name, Kept(entries, names), cancellationToken);
        next.Add(path.ToString(), built.Digest, built.Size, entries);
        return built;
    }

    private async ValueTask ReadFoldersAsync(
        FolderHandle folder, DataPath path, ScannedEntry[] entries, string[] names, Digest? directory, CancellationToken cancellationToken)
    {
        List<Task> beside = [];
        try
        {
            for (int i = 0; i < entries.Length; i++)
            {
                if (entries[i].Kind != ScannedKind.Directory)
                {
                    continue;
                }

                int at = i;
                if (await _spare.WaitAsync(0, cancellationToken))
                {
                    beside.Add(Task.Run(
                        async () =>
                        {
                            try
                            {
                                await ReadOneAsync(at);
                            }
                            finally
                            {
                                _spare.Release();
                            }
                        },
                        CancellationToken.None));
                }
                else
                {
                    await ReadOneAsync(at);
                }
            }
        }
        finally
        {
            await Task.WhenAll(beside);
        }

        async Task ReadOneAsync(int at)
        {
            using FolderHandle child = folder.OpenChild(names[at]);
            TreeEntry? present = directory is { } tree ? await content.Trees.FindChildAsync(tree, names[at], cancellationToken) : null;
            TreeEntry below = await ReadAsync(child, path.Append(names[at]), present, cancellationToken);
            entries[at].Digest = below.Digest;
            entries[at].Size = below.Size;
        }
    }

    private static bool AnyFolderChanged(ScannedEntry[] entries, IndexedFolder indexed)
    {
        IndexedFolder again = new(indexed.Body);
        foreach (ref readonly ScannedEntry entry in entries.AsSpan())
        {
            again.MoveNext();
            if (entry.Kind == ScannedKind.Directory && again.Digest != entry.Digest)
            {
                return true;
            }
        }

        return false;
    }

    private void Count(ScannedEntry[] entries)
    {
        (long files, long bytes) = (0, 0);
        foreach (ref readonly ScannedEntry entry in entries.AsSpan())
        {
            files += entry.Kind == ScannedKind.Directory ? 0 : 1;
            bytes += entry.Kind is ScannedKind.File or ScannedKind.Executable ? entry.Size : 0;
        }

        tally.Found(files, bytes);
    }

    /// <summary>
    /// The index may name blobs that were collected since. Those that the repo has at the same place are there for certain; the others are asked for.
    /// </summary>
    private async ValueTask ForgetLostAsync(ScannedEntry[] entries, string[] names, Digest? directory, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<TreeEntry> listing = directory is { } tree ? content.Trees.ListAsync(tree, null, cancellationToken) : AsyncEnumerable.Empty<TreeEntry>();
        await using IAsyncEnumerator<TreeEntry> present = listing.GetAsyncEnumerator(cancellationToken);
        bool more = await present.MoveNextAsync();
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Kind == ScannedKind.Directory || entries[i].Digest.IsEmpty)
            {
                continue;
            }

            while (more && NameOrder.Compare(present.Current.Name, names[i]) < 0)
            {
                more = await present.MoveNextAsync();
            }

            if (!(more && present.Current.Digest == entries[i].Digest && present.Current.Name == names[i])
                && await content.Blobs.FindAsync(entries[i].Digest, cancellationToken) is null)
            {
                entries[i].Digest = default;
            }
        }
    }

    private async ValueTask ReadFilesAsync(
        FolderHandle folder, ScannedEntry[] entries, string[] names, Digest? directory, CancellationToken cancellationToken)
    {
        List<int> unknown = [];
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Digest.IsEmpty)
            {
                unknown.Add(i);
            }
        }

        if (unknown.Count >= Alone)
        {
            await Parallel.ForEachAsync(unknown, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, ReadOneAsync);
            return;
        }

        foreach (int at in unknown)
        {
            await ReadOneAsync(at, cancellationToken);
        }

        async ValueTask ReadOneAsync(int at, CancellationToken ct)
        {
            try
            {
                (BlobInfo blob, bool still) = entries[at].Kind == ScannedKind.Symlink
                    ? (await _reading.ReadLinkAsync(folder, names[at], ct), true)
                    : await _reading.ReadFileAsync(folder, names[at], await BeforeAsync(at, ct), ct);
                entries[at].WasRead(blob, still, startedNanoseconds);
                tally.WasRead();
            }
            catch (SlipwayException e)
            {
                throw folder.Named(e);
            }
        }

        // Only a large file is compared with what stands at its place.
        async ValueTask<Digest?> BeforeAsync(int at, CancellationToken ct) => entries[at].Size >= LargeFile && directory is { } tree
            ? (await content.Trees.FindChildAsync(tree, names[at], ct))?.Digest
            : null;
    }

    /// <summary>The entries of the tree: all but folders that hold no file.</summary>
    private static IEnumerable<TreeEntry> Kept(ScannedEntry[] entries, string[] names)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Kind != ScannedKind.Directory || entries[i].Size > 0 || entries[i].Digest != TreeNode.EmptyDigest)
            {
                yield return entries[i].ToTreeEntry(names[i]);
            }
        }
    }
}
