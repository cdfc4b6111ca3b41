using System.Buffers.Binary;

namespace Slipway.Engine;

/// <summary>
/// The records of an EROFS image, as the kernel's fs/erofs/erofs_fs.h lays them out, in so far as a layer mount needs them: blocks of 512 bytes, long inodes only, and one
/// further device, the tar. All numbers are little-endian. The inode of number n begins at byte 32·n.
/// </summary>
internal static class ErofsFormat
{
    public const int BlockBits = 9;
    public const int Block = 1 << BlockBits;

    /// <summary>Inodes begin at multiples of it.</summary>
    public const int Slot = 32;

    public const int InodeBytes = 64;
    public const int ChunkIndexBytes = 8;
    public const int EntryBytes = 12;

    /// <summary>Where the first inode, the root, begins.</summary>
    public const int FirstInode = DeviceAt + DeviceBytes;

    private const uint Magic = 0xE0F5E1E2;
    private const int SuperblockAt = 1024;
    private const int DeviceBytes = 128;
    private const int DeviceAt = SuperblockAt + 128;
    private const uint ChunkedFiles = 0x4;
    private const uint DeviceTable = 0x8;
    private const int ChunkIndexes = 0x20;

    /// <summary>The space before the first inode: the superblock and the table of one device.</summary>
    /// <param name="identity">16 bytes that tell this file system from others.</param>
    public static byte[] Head(ReadOnlySpan<byte> identity, long inodes, long blocks, long tarBlocks)
    {
        byte[] head = new byte[FirstInode];
        Span<byte> super = head.AsSpan(SuperblockAt);
        BinaryPrimitives.WriteUInt32LittleEndian(super, Magic);
        super[12] = BlockBits;
        BinaryPrimitives.WriteUInt16LittleEndian(super[14..], FirstInode / Slot);
        BinaryPrimitives.WriteInt64LittleEndian(super[16..], inodes);
        BinaryPrimitives.WriteUInt32LittleEndian(super[36..], (uint)blocks);
        identity[..16].CopyTo(super[48..]);
        BinaryPrimitives.WriteUInt32LittleEndian(super[80..], ChunkedFiles | DeviceTable);
        BinaryPrimitives.WriteUInt16LittleEndian(super[86..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(super[88..], DeviceAt / DeviceBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(DeviceAt + 64), (uint)tarBlocks);
        return head;
    }

    /// <summary>How long the tar is that an image, of which this is the <see cref="Head"/>, was written for, in bytes.</summary>
    public static long TarBytes(ReadOnlySpan<byte> head) => (long)BinaryPrimitives.ReadUInt32LittleEndian(head[(DeviceAt + 64)..]) * Block;

    /// <param name="data">What the layout makes of it: a block's number, a device's, or how chunks are described.</param>
    public static void WriteInode(Span<byte> target, TreeNode node, ErofsDataLayout layout, long size, uint data, uint number, uint links, int xattrBytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(1 | ((int)layout << 1)));
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], TreeXattrs.CountOf(xattrBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], (ushort)((int)node.Kind | node.Permissions));
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], size);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], data);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], number);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], node.User);
        BinaryPrimitives.WriteInt32LittleEndian(target[28..], node.Group);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], node.Time.Seconds);
        BinaryPrimitives.WriteInt32LittleEndian(target[40..], node.Time.Nanoseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(target[44..], links);
    }

    /// <summary>The one chunk of a file: where it is in the tar, in blocks.</summary>
    public static void WriteChunk(Span<byte> target, long tarBlock)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)tarBlock);
    }

    /// <summary>Says that a file of so many bytes is one chunk: the power of two that holds it, in blocks.</summary>
    public static uint OneChunk(long size) => (uint)(ChunkIndexes | Math.Max(0, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)size - 1) - BlockBits));

    /// <summary>A device's number as the kernel packs it: twelve bits of major between two parts of the minor.</summary>
    public static uint Device(TreeNode node) => (uint)((node.DeviceMinor & 0xFF) | (node.DeviceMajor << 8) | ((node.DeviceMinor & ~0xFF) << 12));

    /// <summary>One name of a directory; the name itself stands at <paramref name="nameAt"/> of the same block.</summary>
    public static void WriteEntry(Span<byte> target, long inode, int nameAt, TreeNodeKind kind)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, inode);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)nameAt);
        target[10] = kind switch
        {
            TreeNodeKind.File => 1,
            TreeNodeKind.Directory => 2,
            TreeNodeKind.CharacterDevice => 3,
            TreeNodeKind.BlockDevice => 4,
            TreeNodeKind.Fifo => 5,
            _ => 7,
        };
    }
}
