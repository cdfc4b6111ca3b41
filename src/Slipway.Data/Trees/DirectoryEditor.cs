using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>A change of one level of a directory: the item of that name is set, or removed where <paramref name="Item"/> is null.</summary>
internal readonly record struct ItemEdit(string Name, INodeItem? Item);

/// <summary>
/// Applies edits to one directory, reading and writing only the nodes that they touch. The nodes of a level are the items of the level
/// above, so one procedure serves every level:
/// <list type="number">
/// <item>Find the node in which the next edit falls.</item>
/// <item>Merge its items with the edits that fall in it, cutting anew by <see cref="NodeBoundary"/>.</item>
/// <item>Where the last cut is not at the node's old end, take in the next node too; else go on with the next edit.</item>
/// <item>The old nodes gone and the new ones made are the edits of the level above.</item>
/// </list>
/// At the root's level its items and the edits build the new root.
/// </summary>
internal sealed class DirectoryEditor(NodeStore nodes)
{
    /// <summary>Applies <paramref name="edits"/>, in name order and one a name, to the directory at <paramref name="root"/>.</summary>
    public async ValueTask<NodeReference> ApplyAsync(Digest root, IReadOnlyList<ItemEdit> edits, CancellationToken cancellationToken)
    {
        TreeNode top = await nodes.ReadAsync(root, cancellationToken);
        for (int level = 0; level < top.Level; level++)
        {
            edits = await RewriteLevelAsync(top, level, edits, cancellationToken);
        }

        if (edits.Count == 0)
        {
            return new NodeReference(top.Items.Count == 0 ? "" : top.Items[^1].Name, top.Entries, top.Size, root);
        }

        DirectoryBuilder builder = new(nodes);
        int taken = 0;
        foreach (INodeItem item in Merge(top.Items, edits, edits.Count, ref taken))
        {
            await builder.AddAsync(top.Level, item, cancellationToken);
        }

        return await builder.FinishAsync(cancellationToken);
    }

    private async ValueTask<IReadOnlyList<ItemEdit>> RewriteLevelAsync(
        TreeNode top, int level, IReadOnlyList<ItemEdit> edits, CancellationToken cancellationToken)
    {
        LevelRewrite rewrite = new(nodes, level);
        NodeCursor cursor = new(nodes, top, level);
        int next = 0;
        while (next < edits.Count)
        {
            await cursor.SeekAsync(edits[next].Name, cancellationToken);
            bool aligned;
            do
            {
                rewrite.Remove(cursor.Reference!);
                bool last = cursor.IsLast;
                int end = last ? edits.Count : EndOfEdits(edits, next, cursor.Reference!.Name);
                foreach (INodeItem item in Merge(cursor.Current.Items, edits, end, ref next))
                {
                    await rewrite.AddAsync(item, cancellationToken);
                }

                if (last)
                {
                    await rewrite.CloseNodeAsync(cancellationToken);
                }

                aligned = rewrite.IsAtBoundary;
            }
            while (!aligned && await cursor.NextAsync(cancellationToken));
        }

        return rewrite.ToEdits();
    }

    private static int EndOfEdits(IReadOnlyList<ItemEdit> edits, int next, string lastName)
    {
        while (next < edits.Count && NameOrder.Compare(edits[next].Name, lastName) <= 0)
        {
            next++;
        }

        return next;
    }

    /// <summary>The items with the edits from <paramref name="next"/> up to <paramref name="end"/> done to them; moves <paramref name="next"/> to the end.</summary>
    private static List<INodeItem> Merge(IReadOnlyList<INodeItem> items, IReadOnlyList<ItemEdit> edits, int end, ref int next)
    {
        List<INodeItem> merged = new(items.Count + end - next);
        int at = 0;
        while (at < items.Count || next < end)
        {
            int order = at == items.Count ? 1 : next == end ? -1 : NameOrder.Compare(items[at].Name, edits[next].Name);
            if (order < 0)
            {
                merged.Add(items[at++]);
                continue;
            }

            at += order == 0 ? 1 : 0;
            if (edits[next++].Item is { } item)
            {
                merged.Add(item);
            }
        }

        return merged;
    }
}
