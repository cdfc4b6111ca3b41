using System.Runtime.CompilerServices;
using Slipway.Content;

namespace Slipway.Data.Trees.Merging;

/// <summary>
/// Merges two trees that began with a third. In each directory it walks over what theirs changed, looks each name up in ours, and edits ours:
/// what theirs left alone is not even looked at. Two sides agree where one of them left an entry as it was, or both made the same of it; where
/// both have, or had, a folder there, its entries are compared one by one.
/// </summary>
internal sealed class ThreeWayMerge(NodeStore nodes, MergeFavor favor)
{
    private readonly DirectoryEditor _editor = new(nodes);
    private readonly List<MergeConflict> _conflicts = [];

    private bool IsFull => _conflicts.Count >= MergeOutcome.MaxConflicts;

    public async ValueTask<MergeOutcome> MergeAsync(Digest basis, Digest ours, Digest theirs, CancellationToken cancellationToken)
    {
        TreeEntry? merged = await MergeEntryAsync(DataPath.Root, Root(basis), Root(ours), Root(theirs), cancellationToken);
        if (_conflicts.Count > 0)
        {
            return new MergeOutcome(null, [.. _conflicts]);
        }

        return new MergeOutcome(merged?.Digest ?? (await nodes.WriteAsync(TreeNode.Empty, cancellationToken)).Digest, []);
    }

    private static TreeEntry Root(Digest root) => new("", EntryKind.Directory, false, 0, root);

    /// <summary>What stands at a path in the end; null for nothing. After a conflict, ours.</summary>
    private async ValueTask<TreeEntry?> MergeEntryAsync(
        DataPath path, TreeEntry? basis, TreeEntry? ours, TreeEntry? theirs, CancellationToken cancellationToken)
    {
        if (basis == theirs || ours == theirs)
        {
            return ours;
        }

        if (basis == ours)
        {
            return theirs;
        }

        if (IsFile(ours) || IsFile(theirs))
        {
            return MergeFiles(path, basis, ours, theirs);
        }

        TreeEntry? folder = basis is { Kind: EntryKind.Directory } ? basis : null;
        return await MergeDirectoryAsync(path, folder, ours, theirs, cancellationToken);
    }

    private TreeEntry? MergeFiles(DataPath path, TreeEntry? basis, TreeEntry? ours, TreeEntry? theirs)
    {
        // A folder that both sides took away, one of them for a file: that file alone is new.
        if (basis is { Kind: EntryKind.Directory } && (ours is null || theirs is null))
        {
            return ours ?? theirs;
        }

        if (favor == MergeFavor.None)
        {
            _conflicts.Add(new MergeConflict(path, basis, ours, theirs));
        }

        return favor == MergeFavor.Theirs ? theirs : ours;
    }

    private async ValueTask<TreeEntry?> MergeDirectoryAsync(
        DataPath path, TreeEntry? basis, TreeEntry? ours, TreeEntry? theirs, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            // A path may be 2,000 parts deep: go on with a fresh stack.
            await Task.Yield();
        }

        Digest root = ours?.Digest ?? (await nodes.WriteAsync(TreeNode.Empty, cancellationToken)).Digest;
        NodeCursor cursor = new(nodes, await nodes.ReadAsync(root, cancellationToken), 0);
        List<ItemEdit> edits = [];
        Frontier before = await OpenAsync(basis, cancellationToken);
        Frontier after = await OpenAsync(theirs, cancellationToken);
        await foreach ((TreeEntry? old, TreeEntry? now) in DirectoryDiff.ChangesAsync(before, after, cancellationToken))
        {
            string name = (old ?? now)!.Name;
            await cursor.SeekAsync(name, cancellationToken);
            int at = cursor.Current.LowerBound(name);
            TreeEntry? have = at < cursor.Current.Items.Count && cursor.Current.Items[at].Name == name ? (TreeEntry)cursor.Current.Items[at] : null;
            TreeEntry? merged = await MergeEntryAsync(path.AppendKnown(name), old, have, now, cancellationToken);
            if (merged != have)
            {
                edits.Add(new ItemEdit(name, merged));
            }

            if (IsFull)
            {
                return ours;
            }
        }

        NodeReference changed = await _editor.ApplyAsync(root, edits, cancellationToken);
        return changed.Entries == 0 ? null : new TreeEntry(path.Name, EntryKind.Directory, false, changed.Size, changed.Digest);
    }

    private ValueTask<Frontier> OpenAsync(TreeEntry? folder, CancellationToken cancellationToken) =>
        folder is null ? ValueTask.FromResult(Frontier.Empty()) : Frontier.OpenAsync(nodes, folder.Digest, cancellationToken);

    private static bool IsFile(TreeEntry? entry) => entry is { Kind: not EntryKind.Directory };
}
