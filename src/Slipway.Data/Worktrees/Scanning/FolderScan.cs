using System.Buffers;
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

    /// <summary>So many entries of a folder are in memory at once.</summary>
    private const int Run = 2048;

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
        Digest? directory = present is { Kind: EntryKind.Directory } ? present.Digest : null;
        FolderListing listing = new(folder, SortedNames.Of(folder, path.IsRoot ? CheckoutNote.Folder : default), indexed);
        FolderDraft draft = new(content.Trees, next.Begin(path.ToString()), directory);
        ScannedEntry[] buffer = ArrayPool<ScannedEntry>.Shared.Rent(Run);
        try
        {
            // 1. Run by run, as long as all is as the index has it, nothing is done but counted. 2. From the first run that is not, the tree is built;
            // what came before is taken from the index then.
            int same = 0;
            bool isSame = indexed is not null;
            int count;
            while ((count = listing.Read(buffer)) > 0)
            {
                Memory<ScannedEntry> entries = buffer.AsMemory(0, count);
                string[] names = NamesOf(folder, entries.Span);
                bool foldersSame = await ReadFoldersAsync(folder, path, entries, names, directory, cancellationToken);
                Count(entries.Span);
                if (isSame && listing.IsSame && foldersSame)
                {
                    same += count;
                    continue;
                }

                if (isSame && same > 0)
                {
                    ScannedEntry[] kept = [.. entries.Span];
                    await SettleKnownAsync(folder, indexed!.Again(), same, draft, buffer, cancellationToken);
                    entries = kept;
                }

                isSame = false;
                await SettleAsync(folder, entries, names, draft, cancellationToken);
            }

            isSame &= listing.IsSame;
            if (isSame && indexed!.Tree == directory && next.TryAdd(path.ToString(), indexed))
            {
                return new TreeEntry(path.Name, EntryKind.Directory, false, indexed.Size, indexed.Tree);
            }

            if (!draft.HasAny && same > 0)
            {
                await SettleKnownAsync(folder, indexed!.Again(), same, draft, buffer, cancellationToken);
            }

            return await draft.CompleteAsync(path.Name, cancellationToken);
        }
        finally
        {
            ArrayPool<ScannedEntry>.Shared.Return(buffer, clearArray: true);
            await draft.DisposeAsync();
        }
    }

    private static string[] NamesOf(FolderHandle folder, ReadOnlySpan<ScannedEntry> entries)
    {
        string[] names = new string[entries.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = FolderNames.Decode(folder, entries[i].Name);
        }

        return names;
    }

    /// <summary>Takes the first entries of a folder from the index, which were all found to be as it says.</summary>
    private async ValueTask SettleKnownAsync(
        FolderHandle folder, IndexedFolder indexed, int left, FolderDraft draft, ScannedEntry[] buffer, CancellationToken cancellationToken)
    {
        while (left > 0)
        {
            int count = Math.Min(left, Run);
            for (int i = 0; i < count; i++)
            {
                buffer[i] = indexed.MoveNext()
                    ? indexed.Entry
                    : throw new SlipwayException(ErrorKind.Unavailable, $"the scan index of {folder.Path} changed while it was read", "Try again.");
            }

            Memory<ScannedEntry> entries = buffer.AsMemory(0, count);
            await SettleAsync(folder, entries, NamesOf(folder, entries.Span), draft, cancellationToken);
            left -= count;
        }
    }

    /// <summary>Sees to it that the store has what some entries hold, and adds them to the tree and the index.</summary>
    private async ValueTask SettleAsync(
        FolderHandle folder, Memory<ScannedEntry> entries, string[] names, FolderDraft draft, CancellationToken cancellationToken)
    {
        await ForgetLostAsync(entries, names, draft, cancellationToken);
        await ReadFilesAsync(folder, entries, names, draft.Present, cancellationToken);
        await draft.AddAsync(entries, names, cancellationToken);
    }

    /// <summary>Reads the folders among some entries; true where all are as the index had them.</summary>
    private async ValueTask<bool> ReadFoldersAsync(
        FolderHandle folder, DataPath path, Memory<ScannedEntry> entries, string[] names, Digest? directory, CancellationToken cancellationToken)
    {
        List<Task> beside = [];
        bool same = true;
        try
        {
            for (int i = 0; i < entries.Length; i++)
            {
                if (entries.Span[i].Kind != ScannedKind.Directory)
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

        return same;

        async Task ReadOneAsync(int at)
        {
            using FolderHandle child = folder.OpenChild(names[at]);
            TreeEntry? present = directory is { } tree ? await content.Trees.FindChildAsync(tree, names[at], cancellationToken) : null;
            TreeEntry below = await ReadAsync(child, path.Append(names[at]), present, cancellationToken);
            ref ScannedEntry entry = ref entries.Span[at];
            if (entry.Digest != below.Digest)
            {
                Volatile.Write(ref same, false);
            }

            entry.Digest = below.Digest;
            entry.Size = below.Size;
        }
    }

    private void Count(ReadOnlySpan<ScannedEntry> entries)
    {
        (long files, long bytes) = (0, 0);
        foreach (ref readonly ScannedEntry entry in entries)
        {
            files += entry.Kind == ScannedKind.Directory ? 0 : 1;
            bytes += entry.Kind is ScannedKind.File or ScannedKind.Executable ? entry.Size : 0;
        }

        tally.Found(files, bytes);
    }

    /// <summary>
    /// The index may name blobs that were collected since. Those that the repo has at the same place are there for certain; the others are asked for.
    /// </summary>
    private async ValueTask ForgetLostAsync(Memory<ScannedEntry> entries, string[] names, FolderDraft draft, CancellationToken cancellationToken)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            Digest digest = entries.Span[i].Digest;
            if (entries.Span[i].Kind != ScannedKind.Directory && !digest.IsEmpty
                && !await draft.IsPresentAsync(names[i], digest, cancellationToken) && await content.Blobs.FindAsync(digest, cancellationToken) is null)
            {
                entries.Span[i].Digest = default;
            }
        }
    }

    private async ValueTask ReadFilesAsync(
        FolderHandle folder, Memory<ScannedEntry> entries, string[] names, Digest? directory, CancellationToken cancellationToken)
    {
        List<int> unknown = [];
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries.Span[i].Digest.IsEmpty)
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
                (BlobInfo blob, bool still) = entries.Span[at].Kind == ScannedKind.Symlink
                    ? (await _reading.ReadLinkAsync(folder, names[at], ct), true)
                    : await _reading.ReadFileAsync(folder, names[at], await BeforeAsync(at, ct), ct);
                entries.Span[at].WasRead(blob, still, startedNanoseconds);
                tally.WasRead();
            }
            catch (SlipwayException e)
            {
                throw folder.Named(e);
            }
        }

        // Only a large file is compared with what stands at its place.
        async ValueTask<Digest?> BeforeAsync(int at, CancellationToken ct) => entries.Span[at].Size >= LargeFile && directory is { } tree
            ? (await content.Trees.FindChildAsync(tree, names[at], ct))?.Digest
            : null;
    }
}
