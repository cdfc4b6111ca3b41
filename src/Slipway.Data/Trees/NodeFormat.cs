using System.Buffers;
using System.Text;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>
/// The bytes of a node of a directory, version 1. There is one encoding of each content, and the digest of these bytes is the node's name.
/// <code>
/// node   = "SWT" %x01 level count item*        level: one byte, 0 for a leaf; count: of items
/// item   = kind name size digest               on level 0, an entry
///        | name entries size digest            above, a reference to a node of the level below
/// kind   = 0 file, 1 executable file, 2 directory, 3 symlink; one byte
/// name   = length, then that many bytes of UTF-8; in a reference the last name below it
/// size   = bytes: of the file, of the link's target, of everything below
/// digest = 32 bytes of SHA-256: of the file, of the link's target, of a directory's root node, of the node referred to
/// </code>
/// <c>count</c>, <c>length</c>, <c>entries</c> and <c>size</c> are unsigned LEB128 in the fewest bytes. Items are in strictly ascending byte
/// order of names. A decoder refuses everything else: other versions, other orders, longer numbers, bytes after the end.
/// Where a directory is split into nodes is the rule of <see cref="NodeBoundary"/>; its root is the only node of the lowest level that has
/// just one. The empty directory is the leaf of no entries.
/// </summary>
internal static class NodeFormat
{
    /// <summary>More levels than any directory has: each holds at least 16 times fewer items than the one below.</summary>
    public const int MaxLevel = 16;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Magic => "SWT\u0001"u8;

    public static byte[] Encode(TreeNode node)
    {
        ArrayBufferWriter<byte> output = new(16 + (node.Items.Count * 64));
        output.Write(Magic);
        output.Write([(byte)node.Level]);
        WriteNumber(output, node.Items.Count);
        foreach (INodeItem item in node.Items)
        {
            if (item is TreeEntry entry)
            {
                output.Write([KindByte(entry)]);
            }

            int length = Encoding.UTF8.GetByteCount(item.Name);
            WriteNumber(output, length);
            Encoding.UTF8.GetBytes(item.Name, output.GetSpan(length));
            output.Advance(length);
            if (item is NodeReference reference)
            {
                WriteNumber(output, reference.Entries);
            }

            WriteNumber(output, item.Size);
            item.Digest.CopyTo(output.GetSpan(Digest.Size));
            output.Advance(Digest.Size);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a node back.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: not the one encoding of a node of this version.</exception>
    public static TreeNode Decode(Digest digest, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        if (!rest.StartsWith(Magic) || rest.Length < Magic.Length + 1)
        {
            throw Corrupt(digest, "it is no directory, or one of a later version of Slipway");
        }

        int level = rest[Magic.Length];
        rest = rest[(Magic.Length + 1)..];
        long count = ReadNumber(digest, ref rest);
        if (level > MaxLevel || count > rest.Length / (Digest.Size + 3) || (level > 0 && count == 0))
        {
            throw Corrupt(digest, "its header is wrong");
        }

        INodeItem[] items = new INodeItem[count];
        (long size, long entries) = (0, 0);
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = level == 0 ? ReadEntry(digest, ref rest) : ReadReference(digest, ref rest);
            if (i > 0 && NameOrder.Compare(items[i - 1].Name, items[i].Name) >= 0)
            {
                throw Corrupt(digest, "its names are not in order");
            }

            long below = items[i] is NodeReference reference ? reference.Entries : 1;
            if (size > long.MaxValue - items[i].Size || entries > long.MaxValue - below)
            {
                throw Corrupt(digest, "it says to hold more than can be counted");
            }

            (size, entries) = (size + items[i].Size, entries + below);
        }

        return rest.IsEmpty ? new TreeNode(level, items) : throw Corrupt(digest, "bytes follow its end");
    }

    private static TreeEntry ReadEntry(Digest node, ref ReadOnlySpan<byte> rest)
    {
        byte kind = Take(node, ref rest, 1)[0];
        string name = ReadName(node, ref rest);
        long size = ReadNumber(node, ref rest);
        Digest digest = new(Take(node, ref rest, Digest.Size));
        return kind switch
        {
            0 => new TreeEntry(name, EntryKind.File, false, size, digest),
            1 => new TreeEntry(name, EntryKind.File, true, size, digest),
            2 => new TreeEntry(name, EntryKind.Directory, false, size, digest),
            3 => new TreeEntry(name, EntryKind.Symlink, false, size, digest),
            _ => throw Corrupt(node, $"an entry is of the unknown kind {kind}"),
        };
    }

    private static NodeReference ReadReference(Digest node, ref ReadOnlySpan<byte> rest) =>
        new(ReadName(node, ref rest), ReadNumber(node, ref rest), ReadNumber(node, ref rest), new Digest(Take(node, ref rest, Digest.Size)));

    private static string ReadName(Digest node, ref ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> utf8 = Take(node, ref rest, ReadNumber(node, ref rest));
        string name;
        try
        {
            name = StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw Corrupt(node, "a name is not UTF-8", e);
        }

        // A tree is handed out as paths of a file system: a forged name must never leave its directory.
        return DataPath.FindNameFault(name) is string fault ? throw Corrupt(node, $"a name is wrong: {fault}") : name;
    }

    private static ReadOnlySpan<byte> Take(Digest node, ref ReadOnlySpan<byte> rest, long length)
    {
        if (length > rest.Length)
        {
            throw Corrupt(node, "it ends too early");
        }

        ReadOnlySpan<byte> taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private static long ReadNumber(Digest node, ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = Take(node, ref rest, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return next == 0 && shift > 0 ? throw Corrupt(node, "a number is longer than it needs to be") : (long)value;
            }
        }

        throw Corrupt(node, "a number is too large");
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, long value)
    {
        ulong rest = checked((ulong)value);
        while (rest >= 0x80)
        {
            output.Write([(byte)(rest | 0x80)]);
            rest >>= 7;
        }

        output.Write([(byte)rest]);
    }

    private static byte KindByte(TreeEntry entry) => entry.Kind switch
    {
        EntryKind.File => entry.Executable ? (byte)1 : (byte)0,
        EntryKind.Directory => 2,
        _ => 3,
    };

    private static SlipwayException Corrupt(Digest digest, string why, Exception? inner = null) =>
        new(ErrorKind.Corrupt, $"tree object {digest} cannot be read: {why}", null, inner);
}
