namespace Slipway.Engine;

/// <summary>A node that has its place in the image.</summary>
internal sealed class ErofsInode(TreeNode node, ErofsInode? parent)
{
    private static readonly List<(byte[] Name, ErofsInode Inode)> None = [];

    public TreeNode Node { get; } = node;

    /// <summary>The directory that holds it; of the root, itself. Of a node of several names, the first.</summary>
    public ErofsInode Parent => parent ?? this;

    /// <summary>Where the inode begins, in bytes.</summary>
    public long Position { get; set; }

    /// <summary>The inode's number, by which directories name it.</summary>
    public long Number => Position / ErofsFormat.Slot;

    public int XattrBytes { get; } = TreeXattrs.SizeOf(node);

    public ErofsDataLayout Layout { get; set; }

    /// <summary>The first of its blocks in the image, where it has some.</summary>
    public long Block { get; set; }

    /// <summary>How many names it has; of a directory, with its own dots and those of its directories.</summary>
    public uint Links { get; set; }

    /// <summary>The names of a directory with what they are, in the order of their bytes, dots included.</summary>
    public List<(byte[] Name, ErofsInode Inode)> Names { get; } = node.IsDirectory ? [] : None;

    /// <summary>What stands after the inode and its attributes, from the position on.</summary>
    public long DataPosition => Position + ErofsFormat.InodeBytes + XattrBytes;

    public long ChunkPosition => (DataPosition + ErofsFormat.ChunkIndexBytes - 1) & ~(ErofsFormat.ChunkIndexBytes - 1L);
}
