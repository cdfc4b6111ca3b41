using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>
/// What is still to come of one directory, in name order, partly as nodes that were not read yet. Lets two directories be compared
/// without reading the nodes that they share.
/// </summary>
internal sealed class Frontier
{
    private readonly Stack<(INodeItem Item, int Level)> _pending = new();
    private readonly NodeStore? _nodes;

    private Frontier(NodeStore? nodes) => _nodes = nodes;

    /// <summary>A directory of which nothing is to come.</summary>
    public static Frontier Empty() => new(null);

    /// <summary>The directory at <paramref name="root"/>.</summary>
    public static async ValueTask<Frontier> OpenAsync(NodeStore nodes, Digest root, CancellationToken cancellationToken)
    {
        Frontier frontier = new(nodes);
        frontier.Push(await nodes.ReadAsync(root, cancellationToken));
        return frontier;
    }

    /// <summary>What comes next: an entry, or an unread node; null at the end.</summary>
    public INodeItem? Head => _pending.TryPeek(out (INodeItem Item, int Level) top) ? top.Item : null;

    /// <summary>The level of the unread node that comes next; -1 for an entry or the end.</summary>
    public int HeadLevel => _pending.TryPeek(out (INodeItem Item, int Level) top) ? top.Level : -1;

    /// <summary>Takes the head away.</summary>
    public void Skip() => _pending.Pop();

    /// <summary>Reads the unread node that comes next, so that its items come next.</summary>
    public async ValueTask ExpandAsync(CancellationToken cancellationToken) =>
        Push(await _nodes!.ReadAsync(_pending.Pop().Item.Digest, cancellationToken));

    private void Push(TreeNode node)
    {
        for (int i = node.Items.Count - 1; i >= 0; i--)
        {
            _pending.Push((node.Items[i], node.Level - 1));
        }
    }
}
