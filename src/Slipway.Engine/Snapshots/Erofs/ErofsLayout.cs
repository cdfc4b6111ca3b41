using System.Text;

namespace Slipway.Engine;

/// <summary>Gives every node of a tree its place: first all inodes, a directory's children after it in the order of their names, then the blocks of directories and long symlinks.</summary>
internal sealed class ErofsLayout
{
    private readonly Dictionary<TreeNode, ErofsInode> _placed = new(ReferenceEqualityComparer.Instance);
    private long _end = ErofsFormat.FirstInode;

    private ErofsLayout()
    {
    }

    /// <summary>In the order of their positions; the root is the first.</summary>
    public List<ErofsInode> Inodes { get; } = [];

    /// <summary>The image's length in blocks.</summary>
    public long Blocks { get; private set; }

    /// <summary>Lays a tree out; the same tree always in the same way.</summary>
    public static ErofsLayout Of(TreeNode root)
    {
        ErofsLayout layout = new();
        layout.Place(root, null);
        for (int next = 0; next < layout.Inodes.Count; next++)
        {
            layout.PlaceChildren(layout.Inodes[next]);
        }

        layout.PlaceBlocks();
        return layout;
    }

    /// <summary>The names of a directory, block by block: as many as fit.</summary>
    public static IEnumerable<(int First, int Count, int Bytes)> BlocksOf(List<(byte[] Name, ErofsInode Inode)> names)
    {
        for (int first = 0; first < names.Count;)
        {
            int bytes = 0, count = 0;
            while (first + count < names.Count && bytes + ErofsFormat.EntryBytes + names[first + count].Name.Length is var more && more <= ErofsFormat.Block)
            {
                bytes = more;
                count++;
            }

            yield return (first, count, bytes);
            first += count;
        }
    }

    /// <summary>A directory's length: whole blocks but for the last.</summary>
    public static long SizeOf(ErofsInode directory)
    {
        long blocks = 0, last = 0;
        foreach ((_, _, int bytes) in BlocksOf(directory.Names))
        {
            blocks++;
            last = bytes;
        }

        return ((blocks - 1) * ErofsFormat.Block) + last;
    }

    private ErofsInode Place(TreeNode node, ErofsInode? parent)
    {
        if (_placed.TryGetValue(node, out ErofsInode? known))
        {
            known.Links++;
            return known;
        }

        ErofsInode inode = new(node, parent) { Position = _end, Links = node.IsDirectory ? 2u : 1u };
        _placed.Add(node, inode);
        Inodes.Add(inode);
        if (node.IsDirectory && parent is not null)
        {
            parent.Links++;
        }

        long end = inode.DataPosition;
        if (node is { Kind: TreeNodeKind.File, Size: > 0 })
        {
            inode.Layout = ErofsDataLayout.Chunks;
            end = inode.ChunkPosition + ErofsFormat.ChunkIndexBytes;
        }
        else if (node.Kind == TreeNodeKind.Symlink && TryPlaceInline(inode))
        {
            end = inode.DataPosition + node.Target.Length;
        }

        _end = RoundUp(end, ErofsFormat.Slot);
        return inode;
    }

    // What stands after an inode must not cross a block: the inode goes a few slots further where that helps.
    private static bool TryPlaceInline(ErofsInode inode)
    {
        long first = inode.Position;
        for (; inode.Position < first + ErofsFormat.Block; inode.Position += ErofsFormat.Slot)
        {
            if ((inode.DataPosition % ErofsFormat.Block) + inode.Node.Target.Length < ErofsFormat.Block)
            {
                inode.Layout = ErofsDataLayout.Inline;
                return true;
            }
        }

        inode.Position = first;
        return false;
    }

    private void PlaceChildren(ErofsInode directory)
    {
        if (directory.Node.Children is not { } children)
        {
            return;
        }

        List<(byte[] Name, TreeNode Node)> sorted = [.. children.Select(child => (Encoding.UTF8.GetBytes(child.Key), child.Value))];
        sorted.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        directory.Names.AddRange(sorted.Select(child => (child.Name, Place(child.Node, directory))));
        directory.Names.Add(("."u8.ToArray(), directory));
        directory.Names.Add((".."u8.ToArray(), directory.Parent));
        directory.Names.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
    }

    private void PlaceBlocks()
    {
        Blocks = RoundUp(_end, ErofsFormat.Block) / ErofsFormat.Block;
        foreach (ErofsInode inode in Inodes)
        {
            long size = inode.Node.IsDirectory ? SizeOf(inode)
                : inode.Node.Kind == TreeNodeKind.Symlink && inode.Layout == ErofsDataLayout.Plain ? inode.Node.Target.Length
                : 0;
            if (size > 0)
            {
                inode.Block = Blocks;
                Blocks += RoundUp(size, ErofsFormat.Block) / ErofsFormat.Block;
            }
        }
    }

    private static long RoundUp(long value, int unit) => (value + unit - 1) / unit * unit;
}
