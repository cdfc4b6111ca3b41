using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>
/// Builds one directory from its items in name order, writing each node as soon as its boundary is known, so that memory holds one open
/// node a level whatever the directory's size.
/// </summary>
internal sealed class DirectoryBuilder(NodeStore nodes)
{
    private readonly List<Level> _levels = [];

    /// <summary>Adds the next entry in name order.</summary>
    public ValueTask AddAsync(TreeEntry entry, CancellationToken cancellationToken) => AddAsync(0, entry, cancellationToken);

    /// <summary>Adds the next item of a level in name order. To begin above level 0, all items are given for that one level.</summary>
    public async ValueTask AddAsync(int level, INodeItem item, CancellationToken cancellationToken)
    {
        while (_levels.Count <= level)
        {
            _levels.Add(new Level(_levels.Count));
        }

        _levels[level].Items.Add(item);
        if (_levels[level].Boundary.EndsWith(item.Name))
        {
            await CloseNodeAsync(level, cancellationToken);
        }
    }

    /// <summary>Ends the directory and returns its root node's digest and the bytes below it.</summary>
    public async ValueTask<NodeReference> FinishAsync(CancellationToken cancellationToken)
    {
        for (int level = 0; level < _levels.Count; level++)
        {
            List<INodeItem> items = _levels[level].Items;
            if (level == _levels.Count - 1)
            {
                if (level > 0 && items.Count == 1)
                {
                    return await LowestSingleAsync((NodeReference)items[0], cancellationToken);
                }

                if (items.Count > 0)
                {
                    return await nodes.WriteAsync(new TreeNode(level, items), cancellationToken);
                }
            }
            else if (items.Count > 0)
            {
                await CloseNodeAsync(level, cancellationToken);
            }
        }

        return await nodes.WriteAsync(TreeNode.Empty, cancellationToken);
    }

    private async ValueTask CloseNodeAsync(int level, CancellationToken cancellationToken)
    {
        NodeReference reference = await nodes.WriteAsync(new TreeNode(level, _levels[level].Items.ToArray()), cancellationToken);
        _levels[level].Items.Clear();
        await AddAsync(level + 1, reference, cancellationToken);
    }

    /// <summary>A level of one node has its root there, or lower where deletions left levels of one node each.</summary>
    private async ValueTask<NodeReference> LowestSingleAsync(NodeReference root, CancellationToken cancellationToken)
    {
        while (await nodes.ReadAsync(root.Digest, cancellationToken) is { Level: > 0, Items: [NodeReference only] })
        {
            root = only;
        }

        return root;
    }

    private sealed class Level(int level)
    {
        public NodeBoundary Boundary = new(level);

        public List<INodeItem> Items { get; } = [];
    }
}
