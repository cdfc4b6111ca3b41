using Slipway.Content;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Linux;

namespace Slipway.Data.Worktrees.Writing;

public sealed partial class FolderWriter
{
    /// <summary>
    /// Brings a folder from one tree to another by the files that differ: what is deleted goes first, with the folders that it leaves empty. What the
    /// changes do not name is not touched. Broken off in the middle and begun again with what then differs, it ends in the same.
    /// </summary>
    /// <returns>How many files were removed; null, and nothing done, where another object than meant stands at the path.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.AlreadyExists"/>: something is in the way; <see cref="ErrorKind.OutOfSpace"/>.</exception>
    public async ValueTask<long?> UpdateAsync(IReadOnlyList<TreeChange> changes, string directory, FileIdentity identity, CancellationToken cancellationToken)
    {
        using FolderHandle folder = FolderHandle.Open(directory);
        FileStatus status = folder.Status();
        if (new FileIdentity(status.Device, status.Inode) != identity)
        {
            return null;
        }

        long removed = 0;
        SortedSet<string> emptied = new(StringComparer.Ordinal);
        foreach (TreeChange change in changes.Where(change => change.After is null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            removed += Delete(folder, change.Path, emptied) ? 1 : 0;
        }

        // Whatever lies below a folder stands after it in this order.
        foreach (string path in emptied.Reverse())
        {
            RemoveIfEmpty(folder, DataPath.Parse(path));
        }

        foreach (TreeChange change in changes.Where(change => change.After is not null))
        {
            using FolderHandle parent = OpenParent(folder, change.Path, make: true)!;
            TreeEntry entry = change.After! with { Name = change.Path.Name };
            await (entry.Kind == EntryKind.Symlink ? MakeLinkAsync(parent, entry, cancellationToken) : WriteFileAsync(parent, entry, cancellationToken));
        }

        return removed;
    }

    private static bool Delete(FolderHandle folder, DataPath path, SortedSet<string> emptied)
    {
        using FolderHandle? parent = OpenParent(folder, path, make: false);
        if (parent?.StatusOf(path.Name) is not { IsDirectory: false })
        {
            return false;
        }

        parent.Remove(path.Name);
        for (DataPath above = path.Parent; !above.IsRoot; above = above.Parent)
        {
            emptied.Add(above.ToString());
        }

        return true;
    }

    private static void RemoveIfEmpty(FolderHandle folder, DataPath path)
    {
        using FolderHandle? parent = OpenParent(folder, path, make: false);
        parent?.TryRemoveFolder(path.Name);
    }

    /// <summary>The folder that a path stands in, step by step; null where one of them is not there and none is made.</summary>
    private static FolderHandle? OpenParent(FolderHandle folder, DataPath path, bool make)
    {
        FolderHandle at = folder.Again();
        foreach (string name in path.Parent.Parts)
        {
            using FolderHandle above = at;
            if (!make && above.StatusOf(name) is not { IsDirectory: true })
            {
                return null;
            }

            at = make ? above.OpenOrMakeChild(name) : above.OpenChild(name);
        }

        return at;
    }
}
