using System.Runtime.CompilerServices;
using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data.Trees;
using Slipway.Linux;

namespace Slipway.Data.Worktrees;

/// <summary>Puts parts of a tree into the file system, files by hard link where the blob store can.</summary>
public sealed class Checkout(TreeStore trees, IBlobStore blobs)
{
    private const int Batch = 512;
    private const int Alone = 32;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>
    /// Puts the entry at <paramref name="path"/> of the tree, with everything below it, under <paramref name="directory"/> at its full path:
    /// <c>/a/b</c> becomes <c>directory/a/b</c>. Files are read-only (0444, executable 0555), folders 0755; those that are there are used,
    /// but nothing is replaced and no symlink is followed. A failure leaves what was put so far.
    /// </summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: the tree has no such path; <see cref="ErrorKind.AlreadyExists"/>: something stands in the way.
    /// </exception>
    public async ValueTask<PlacedFiles> MaterializeAsync(Digest root, DataPath path, string directory, CancellationToken cancellationToken)
    {
        TreeEntry entry = await trees.FindAsync(root, path, cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"the tree has no '{path}'");
        Directory.CreateDirectory(directory);
        PlacedTally tally = new();
        FolderHandle folder = FolderHandle.Open(directory);
        try
        {
            IReadOnlyList<string> parts = path.Parts;
            for (int i = 0; i < parts.Count - 1; i++)
            {
                FolderHandle child = folder.OpenOrMakeChild(parts[i]);
                folder.Dispose();
                folder = child;
            }

            if (path.IsRoot)
            {
                await FillAsync(folder, entry.Digest, tally, cancellationToken);
            }
            else
            {
                await PlaceAsync(folder, entry, tally, cancellationToken);
            }

            return tally.Total;
        }
        finally
        {
            folder.Dispose();
        }
    }

    /// <summary>Puts one file at <paramref name="path"/>, whose folder is there and which must not exist.</summary>
    /// <exception cref="SlipwayException">As <see cref="IBlobStore.MaterializeAsync"/>.</exception>
    public async ValueTask<PlacedFiles> PlaceFileAsync(TreeEntry file, string path, CancellationToken cancellationToken)
    {
        await blobs.MaterializeAsync(file.Digest, path, ModeOf(file), cancellationToken);
        return new PlacedFiles(1, Libc.Status(path).Links > 1 ? 0 : file.Size);
    }

    private static UnixFileMode ModeOf(TreeEntry file) => file.Executable ? Executable : Readable;

    private async ValueTask FillAsync(FolderHandle folder, Digest directory, PlacedTally tally, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            await Task.Yield();
        }

        List<TreeEntry> files = [];
        await foreach (TreeEntry entry in trees.ListAsync(directory, null, cancellationToken))
        {
            if (entry.Kind == EntryKind.File)
            {
                files.Add(entry);
                if (files.Count == Batch)
                {
                    await PlaceAllAsync(folder, files, tally, cancellationToken);
                    files.Clear();
                }
            }
            else
            {
                await PlaceAsync(folder, entry, tally, cancellationToken);
            }
        }

        await PlaceAllAsync(folder, files, tally, cancellationToken);
    }

    private async ValueTask PlaceAllAsync(FolderHandle folder, List<TreeEntry> files, PlacedTally tally, CancellationToken cancellationToken)
    {
        if (files.Count >= Alone)
        {
            await Parallel.ForEachAsync(files, cancellationToken, (file, ct) => PlaceAsync(folder, file, tally, ct));
            return;
        }

        foreach (TreeEntry file in files)
        {
            await PlaceAsync(folder, file, tally, cancellationToken);
        }
    }

    private async ValueTask PlaceAsync(FolderHandle folder, TreeEntry entry, PlacedTally tally, CancellationToken cancellationToken)
    {
        switch (entry.Kind)
        {
            case EntryKind.File:
                await PlaceFileAsync(folder, entry, tally, cancellationToken);
                break;
            case EntryKind.Symlink:
                folder.MakeLink(entry.Name, Encoding.UTF8.GetString(await blobs.ReadAllAsync(entry.Digest, cancellationToken)));
                tally.Add(0);
                break;
            default:
                using (FolderHandle child = folder.OpenOrMakeChild(entry.Name))
                {
                    await FillAsync(child, entry.Digest, tally, cancellationToken);
                }

                break;
        }
    }

    private async ValueTask PlaceFileAsync(FolderHandle folder, TreeEntry file, PlacedTally tally, CancellationToken cancellationToken)
    {
        try
        {
            await blobs.MaterializeAsync(file.Digest, folder.StablePathOf(file.Name), ModeOf(file), cancellationToken);
            tally.Add(folder.StatusOf(file.Name) is { Links: > 1 } ? 0 : file.Size);
        }
        catch (SlipwayException e)
        {
            throw folder.Named(e);
        }
    }
}
