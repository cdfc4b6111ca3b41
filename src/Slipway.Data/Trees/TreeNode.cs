namespace Slipway.Data.Trees;

/// <summary>One decoded node of a directory: entries on level 0, references to nodes of the level below above that; in name order.</summary>
internal sealed record TreeNode(int Level, IReadOnlyList<INodeItem> Items)
{
    /// <summary>The empty directory.</summary>
    public static TreeNode Empty { get; } = new(0, []);

    /// <summary>The digest of <see cref="Empty"/>.</summary>
    public static Content.Digest EmptyDigest { get; } = Content.Digest.Of(NodeFormat.Encode(Empty));

    /// <summary>The bytes of everything below.</summary>
    public long Size => Items.Sum(i => i.Size);

    /// <summary>How many entries of the directory stand below.</summary>
    public long Entries => Level == 0 ? Items.Count : Items.Sum(i => ((NodeReference)i).Entries);

    /// <summary>The index of the first item that is not below <paramref name="name"/>; the number of items where there is none.</summary>
    public int LowerBound(string name)
    {
        int low = 0, high = Items.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (NameOrder.Compare(Items[middle].Name, name) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
