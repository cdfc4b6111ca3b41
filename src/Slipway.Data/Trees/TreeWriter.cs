using System.Runtime.CompilerServices;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>Does folded edits to a tree, from the root down and each directory in one pass. No directory but the root stays empty.</summary>
internal sealed class TreeWriter(NodeStore nodes)
{
    private readonly DirectoryEditor _editor = new(nodes);

    /// <summary>What stands at <paramref name="path"/> once <paramref name="edits"/> are done to <paramref name="existing"/>; null: nothing.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: a file and a directory at one path; names both.</exception>
    public async ValueTask<TreeEntry?> ApplyAsync(TreeEntry? existing, EditNode edits, DataPath path, CancellationToken cancellationToken)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            // A path may be 2,000 parts deep: go on with a fresh stack.
            await Task.Yield();
        }

        TreeEntry? entry = edits.Deleted ? null : existing;
        if (edits.Directory is { } directory)
        {
            // Its size is counted anew: the entry may come from a client.
            long size = (await nodes.ReadAsync(directory.Digest, cancellationToken)).Size;
            entry = entry is { Kind: not EntryKind.Directory }
                ? throw EditFold.Clash(path, path)
                : new TreeEntry(path.Name, EntryKind.Directory, false, size, directory.Digest);
        }

        if (edits.Children is not null)
        {
            if (entry is { Kind: not EntryKind.Directory })
            {
                foreach ((string name, EditNode child) in edits.Children)
                {
                    if (child.FindPut(path.AppendKnown(name)) is { } put)
                    {
                        throw EditFold.Clash(path, put);
                    }
                }
            }
            else
            {
                entry = await ApplyBelowAsync(entry, edits.Children, path, cancellationToken);
            }
        }

        if (entry is { Kind: EntryKind.Directory } && !await HasEntriesAsync(entry, cancellationToken))
        {
            entry = null;
        }

        return edits.Leaf is null ? entry
            : entry is { Kind: EntryKind.Directory } ? throw await HoldsSomethingAsync(path, entry, cancellationToken)
            : edits.Leaf;
    }

    private async ValueTask<TreeEntry> ApplyBelowAsync(
        TreeEntry? directory, Dictionary<string, EditNode> children, DataPath path, CancellationToken cancellationToken)
    {
        Digest root = directory?.Digest ?? (await nodes.WriteAsync(TreeNode.Empty, cancellationToken)).Digest;
        NodeCursor cursor = new(nodes, await nodes.ReadAsync(root, cancellationToken), 0);
        List<ItemEdit> edits = new(children.Count);
        foreach (string name in children.Keys.Order(NameOrder.Instance))
        {
            await cursor.SeekAsync(name, cancellationToken);
            int at = cursor.Current.LowerBound(name);
            TreeEntry? before = at < cursor.Current.Items.Count && cursor.Current.Items[at].Name == name ? (TreeEntry)cursor.Current.Items[at] : null;
            TreeEntry? after = await ApplyAsync(before, children[name], path.AppendKnown(name), cancellationToken);
            if (before != after)
            {
                edits.Add(new ItemEdit(name, after));
            }
        }

        NodeReference changed = await _editor.ApplyAsync(root, edits, cancellationToken);
        return new TreeEntry(path.Name, EntryKind.Directory, false, changed.Size, changed.Digest);
    }

    private async ValueTask<bool> HasEntriesAsync(TreeEntry directory, CancellationToken cancellationToken) =>
        directory.Size > 0 || (await nodes.ReadAsync(directory.Digest, cancellationToken)).Items.Count > 0;

    private async ValueTask<SlipwayException> HoldsSomethingAsync(DataPath path, TreeEntry directory, CancellationToken cancellationToken)
    {
        TreeNode node = await nodes.ReadAsync(directory.Digest, cancellationToken);
        string name = node.Items[0].Name;
        return new SlipwayException(
            ErrorKind.Conflict,
            $"'{path}' cannot be a file: it is a directory that holds {(node.Level == 0 ? "" : "… ")}'{path.AppendKnown(name)}'",
            $"Delete the directory first: slipway rm -r <repo>@<branch>:{path}");
    }
}
