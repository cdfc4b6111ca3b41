namespace Slipway.Engine;

/// <summary>Writes the EROFS image of a layer: names, owners, modes and times, and for each file where its bytes are in the tar. The bytes depend on the tree alone.</summary>
internal static class ErofsImage
{
    private const long MostFileBytes = 1L << 40;

    /// <summary>Writes the image of a tree whose files are in a tar of <paramref name="tarBytes"/> bytes.</summary>
    /// <param name="output">Written from where it stands, which is the image's start.</param>
    /// <param name="identity">16 bytes that tell this layer from others.</param>
    /// <exception cref="OddLayerException">The tar is not made of whole blocks, or something is larger than the format's numbers.</exception>
    public static void Write(Stream output, TreeNode root, long tarBytes, ReadOnlySpan<byte> identity)
    {
        if (tarBytes % ErofsFormat.Block != 0 || tarBytes / ErofsFormat.Block > uint.MaxValue)
        {
            throw new OddLayerException($"its tar of {tarBytes} bytes is not made of blocks");
        }

        ErofsLayout layout = ErofsLayout.Of(root);
        if (layout.Blocks > uint.MaxValue)
        {
            throw new OddLayerException("its names are too many");
        }

        output.Write(ErofsFormat.Head(identity, layout.Inodes.Count, layout.Blocks, tarBytes / ErofsFormat.Block));
        long at = ErofsFormat.FirstInode;
        uint number = 0;
        foreach (ErofsInode inode in layout.Inodes)
        {
            at += Pad(output, inode.Position - at);
            at += WriteInode(output, inode, ++number);
        }

        foreach (ErofsInode inode in layout.Inodes.Where(inode => inode.Block > 0))
        {
            at += Pad(output, (inode.Block * ErofsFormat.Block) - at);
            at += inode.Node.IsDirectory ? WriteNames(output, inode) : WriteText(output, inode.Node.Target);
        }

        Pad(output, (layout.Blocks * ErofsFormat.Block) - at);
    }

    private static long WriteInode(Stream output, ErofsInode inode, uint number)
    {
        TreeNode node = inode.Node;
        if (node.Size > MostFileBytes)
        {
            throw new OddLayerException("a file is larger than a chunk can be");
        }

        (long size, uint data) = node.Kind switch
        {
            TreeNodeKind.Directory => (ErofsLayout.SizeOf(inode), (uint)inode.Block),
            TreeNodeKind.File => (node.Size, node.Size > 0 ? ErofsFormat.OneChunk(node.Size) : 0),
            TreeNodeKind.Symlink => (node.Target.Length, (uint)inode.Block),
            _ => (0, ErofsFormat.Device(node)),
        };
        long end = inode.Layout switch
        {
            ErofsDataLayout.Chunks => inode.ChunkPosition + ErofsFormat.ChunkIndexBytes,
            ErofsDataLayout.Inline => inode.DataPosition + node.Target.Length,
            _ => inode.DataPosition,
        };
        int length = (int)(end - inode.Position);
        byte[] bytes = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> target = bytes.AsSpan(0, length);
            target.Clear();
            ErofsFormat.WriteInode(target, node, inode.Layout, size, data, number, inode.Links, inode.XattrBytes);
            TreeXattrs.Write(node, target.Slice(ErofsFormat.InodeBytes, inode.XattrBytes));
            if (inode.Layout == ErofsDataLayout.Chunks)
            {
                ErofsFormat.WriteChunk(target[(int)(inode.ChunkPosition - inode.Position)..], node.Offset / ErofsFormat.Block);
            }
            else if (inode.Layout == ErofsDataLayout.Inline)
            {
                node.Target.CopyTo(target[(int)(inode.DataPosition - inode.Position)..]);
            }

            output.Write(target);
            return length;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    // In each block first the entries, then their names; what a block has left is zero, which ends its last name.
    private static long WriteNames(Stream output, ErofsInode directory)
    {
        long written = 0;
        byte[] block = new byte[ErofsFormat.Block];
        foreach ((int first, int count, _) in ErofsLayout.BlocksOf(directory.Names))
        {
            Array.Clear(block);
            int nameAt = count * ErofsFormat.EntryBytes;
            for (int index = 0; index < count; index++)
            {
                (byte[] name, ErofsInode inode) = directory.Names[first + index];
                ErofsFormat.WriteEntry(block.AsSpan(index * ErofsFormat.EntryBytes), inode.Number, nameAt, inode.Node.Kind);
                name.CopyTo(block, nameAt);
                nameAt += name.Length;
            }

            output.Write(block);
            written += block.Length;
        }

        return written;
    }

    private static long WriteText(Stream output, byte[] text)
    {
        output.Write(text);
        return text.Length;
    }

    private static long Pad(Stream output, long bytes)
    {
        Span<byte> zeros = stackalloc byte[ErofsFormat.Block];
        zeros.Clear();
        for (long left = bytes; left > 0; left -= zeros.Length)
        {
            output.Write(zeros[..(int)Math.Min(left, zeros.Length)]);
        }

        return bytes;
    }
}
