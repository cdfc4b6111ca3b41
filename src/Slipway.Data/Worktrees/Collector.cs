using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees;
using Slipway.Linux;

namespace Slipway.Data.Worktrees;

/// <summary>Takes a folder of the file system into the store: what a job's container left in <c>/pfs/out</c>, for example.</summary>
public sealed class Collector(TreeStore trees, IBlobStore blobs)
{
    private const int Alone = 16;
    private const int AnyExecuteBit = 0x49; // 0111

    /// <summary>
    /// Makes a tree of everything below <paramref name="directory"/>. Files are moved into the blob store, so nobody may write to them any
    /// more; the folders and symlinks are left to the caller to remove. Of a file's mode only whether it is executable is kept. Folders
    /// that hold no file vanish, as everywhere in a tree. A symlink is kept as one and never followed. Nothing is durable before
    /// <see cref="IBlobStore.FlushAsync"/>.
    /// </summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: a socket, device or fifo, or a name that is not UTF-8; names its path.
    /// </exception>
    public async ValueTask<CollectedTree> CollectAsync(string directory, CancellationToken cancellationToken)
    {
        using FolderHandle folder = FolderHandle.Open(directory);
        Tally tally = new();
        TreeEntry root = await CollectFolderAsync(folder, DataPath.Root, tally, cancellationToken);
        return new CollectedTree(root.Digest, tally.Files, tally.Bytes);
    }

    private async ValueTask<TreeEntry> CollectFolderAsync(FolderHandle folder, DataPath path, Tally tally, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            await Task.Yield();
        }

        ConcurrentBag<TreeEntry> entries = [];
        List<(string Name, bool Executable)> files = [];
        foreach (byte[] bytes in folder.Names())
        {
            string name = FolderNames.Decode(folder, bytes);
            DataPath at = path.Append(name);
            FileStatus status = folder.StatusOf(name)
                ?? throw new SlipwayException(ErrorKind.Conflict, $"'{folder.PathOf(name)}' vanished while its folder was collected");
            if (status.IsRegular)
            {
                files.Add((name, (status.Mode & AnyExecuteBit) != 0));
            }
            else if (status.IsSymlink)
            {
                entries.Add(await CollectLinkAsync(folder, name, tally, cancellationToken));
            }
            else if (status.IsDirectory)
            {
                using FolderHandle child = folder.OpenChild(name);
                TreeEntry below = await CollectFolderAsync(child, at, tally, cancellationToken);
                if (await trees.CountAsync(below.Digest, cancellationToken) > 0)
                {
                    entries.Add(below);
                }
            }
            else
            {
                throw new SlipwayException(
                    ErrorKind.InvalidArgument,
                    $"'{at}' ({folder.PathOf(name)}) is a {FolderNames.KindOf(status)}: only files, folders and symlinks can be kept",
                    "Remove it before the command ends.");
            }
        }

        await AdoptAsync(folder, files, entries, tally, cancellationToken);
        return await trees.BuildAsync(path.Name, entries.OrderBy(e => e.Name, NameOrder.Instance), cancellationToken);
    }

    private async ValueTask AdoptAsync(
        FolderHandle folder,
        List<(string Name, bool Executable)> files,
        ConcurrentBag<TreeEntry> entries,
        Tally tally,
        CancellationToken cancellationToken)
    {
        if (files.Count >= Alone)
        {
            await Parallel.ForEachAsync(files, cancellationToken, AdoptOneAsync);
            return;
        }

        foreach ((string Name, bool Executable) file in files)
        {
            await AdoptOneAsync(file, cancellationToken);
        }

        async ValueTask AdoptOneAsync((string Name, bool Executable) file, CancellationToken ct)
        {
            try
            {
                BlobInfo blob = await blobs.AdoptAsync(folder.StablePathOf(file.Name), ct);
                tally.Add(blob.Size);
                entries.Add(TreeEntry.File(file.Name, blob.Size, blob.Digest, file.Executable));
            }
            catch (SlipwayException e)
            {
                throw folder.Named(e);
            }
        }
    }

    private async ValueTask<TreeEntry> CollectLinkAsync(FolderHandle folder, string name, Tally tally, CancellationToken cancellationToken)
    {
        string target = folder.ReadLink(name);
        if (target.Contains('\uFFFD'))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the target of symlink '{folder.PathOf(name)}' is not UTF-8: '{target}'");
        }

        BlobInfo blob = await blobs.PutAsync(Encoding.UTF8.GetBytes(target), cancellationToken);
        tally.Add(0);
        return new TreeEntry(name, EntryKind.Symlink, false, blob.Size, blob.Digest);
    }

    private sealed class Tally
    {
        private long _files;
        private long _bytes;

        public long Files => _files;

        public long Bytes => _bytes;

        public void Add(long bytes)
        {
            Interlocked.Increment(ref _files);
            Interlocked.Add(ref _bytes, bytes);
        }
    }
}
