namespace Slipway.Data.Trees;

/// <summary>Moves forward over the nodes of one level of a directory, reading only those on its way.</summary>
internal sealed class NodeCursor
{
    private readonly NodeStore _nodes;
    private readonly TreeNode _root;
    private readonly int _level;

    // From the root down to the level above the current node: each node and the index of the child that was taken.
    private readonly List<(TreeNode Node, int Index)> _path = [];

    public NodeCursor(NodeStore nodes, TreeNode root, int level)
    {
        _nodes = nodes;
        _root = root;
        _level = level;
        Current = root;
    }

    /// <summary>The node that it stands on.</summary>
    public TreeNode Current { get; private set; }

    /// <summary>The reference by which the level above names <see cref="Current"/>; null where it is the root.</summary>
    public NodeReference? Reference => _path.Count == 0 ? null : (NodeReference)_path[^1].Node.Items[_path[^1].Index];

    /// <summary>True where no node of the level follows.</summary>
    public bool IsLast => _path.TrueForAll(p => p.Index == p.Node.Items.Count - 1);

    /// <summary>Goes to the node where <paramref name="name"/> belongs: the first whose last name is not below it, else the last one.</summary>
    public async ValueTask SeekAsync(string name, CancellationToken cancellationToken)
    {
        if (Current.Level == _level && Covers(name))
        {
            return;
        }

        _path.Clear();
        Current = _root;
        while (Current.Level > _level)
        {
            int index = Math.Min(Current.LowerBound(name), Current.Items.Count - 1);
            await DescendAsync(index, cancellationToken);
        }
    }

    /// <summary>Goes to the next node of the level; false at the end.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        while (_path.Count > 0)
        {
            (TreeNode parent, int index) = _path[^1];
            _path.RemoveAt(_path.Count - 1);
            if (index + 1 < parent.Items.Count)
            {
                Current = parent;
                await DescendAsync(index + 1, cancellationToken);
                while (Current.Level > _level)
                {
                    await DescendAsync(0, cancellationToken);
                }

                return true;
            }
        }

        return false;
    }

    private bool Covers(string name) => _path.Count == 0
        || (NameOrder.Compare(name, Current.Items[0].Name) >= 0 && (NameOrder.Compare(name, Current.Items[^1].Name) <= 0 || IsLast));

    private async ValueTask DescendAsync(int index, CancellationToken cancellationToken)
    {
        TreeNode parent = Current;
        _path.Add((parent, index));
        Current = await _nodes.ReadAsync(parent.Items[index].Digest, cancellationToken);
    }
}
