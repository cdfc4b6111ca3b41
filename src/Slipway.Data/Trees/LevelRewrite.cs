namespace Slipway.Data.Trees;

/// <summary>The nodes that a rewrite of one level takes away and makes; what they come to is the edits of the level above.</summary>
internal sealed class LevelRewrite(NodeStore nodes, int level)
{
    private readonly Dictionary<string, NodeReference> _removed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeReference> _made = new(StringComparer.Ordinal);
    private readonly List<INodeItem> _items = [];
    private NodeBoundary _boundary = new(level);

    /// <summary>True where no node is begun: what follows in the old level is cut as it was.</summary>
    public bool IsAtBoundary => _items.Count == 0;

    public void Remove(NodeReference node) => _removed[node.Name] = node;

    public async ValueTask AddAsync(INodeItem item, CancellationToken cancellationToken)
    {
        _items.Add(item);
        if (_boundary.EndsWith(item.Name))
        {
            await CloseNodeAsync(cancellationToken);
        }
    }

    /// <summary>Ends the node that is begun, if one is: at a boundary, or with the level's last item.</summary>
    public async ValueTask CloseNodeAsync(CancellationToken cancellationToken)
    {
        if (_items.Count > 0)
        {
            NodeReference made = await nodes.WriteAsync(new TreeNode(level, _items.ToArray()), cancellationToken);
            _made[made.Name] = made;
            _items.Clear();
        }
    }

    public IReadOnlyList<ItemEdit> ToEdits()
    {
        List<ItemEdit> edits = [];
        edits.AddRange(_removed.Keys.Where(name => !_made.ContainsKey(name)).Select(name => new ItemEdit(name, null)));
        edits.AddRange(_made.Values.Where(node => !_removed.TryGetValue(node.Name, out NodeReference? old) || old != node)
            .Select(node => new ItemEdit(node.Name, node)));
        edits.Sort((left, right) => NameOrder.Compare(left.Name, right.Name));
        return edits;
    }
}
