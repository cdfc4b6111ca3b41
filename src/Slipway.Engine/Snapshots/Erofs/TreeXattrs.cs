using System.Buffers.Binary;
using System.Text;

namespace Slipway.Engine;

/// <summary>Extended attributes as EROFS keeps them beside an inode: a namespace by number, the rest of the name, the value.</summary>
internal static class TreeXattrs
{
    private const int HeaderBytes = 12;
    private const int EntryBytes = 4;
    private const int Alignment = 4;
    private const int MostValueBytes = 4096;
    private const int MostBytes = 64 * 1024;

    private const int CapabilityBytes = 20;
    private const uint CapabilityVersion = 0x02000000;
    private const uint CapabilityVersionMask = 0xFF000000;

    private static readonly (string Prefix, byte Number)[] Namespaces = [("user.", 1), ("trusted.", 4), ("security.", 6)];

    /// <summary>Refuses what the kernel would not set on such a file, would change, or could not keep in this form.</summary>
    public static void Check(TreeNode node, string name, ReadOnlySpan<byte> value)
    {
        (string prefix, _) = NamespaceOf(name);
        bool isFileOrDirectory = node.Kind is TreeNodeKind.File or TreeNodeKind.Directory;
        bool isKept = prefix switch
        {
            "user." => isFileOrDirectory,
            "security." => isFileOrDirectory && (name != "security.capability" || (node.Kind == TreeNodeKind.File && IsCapability(value))),
            _ => true,
        };
        if (!isKept || value.Length > MostValueBytes || name.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(name) is var length && (length > 255 || length <= prefix.Length))
        {
            throw new OddLayerException($"an attribute '{name}' is not set as it stands");
        }
    }

    /// <summary>How many bytes they take after the inode; 0 where there are none.</summary>
    public static int SizeOf(TreeNode node)
    {
        if (node.Xattrs.Count == 0)
        {
            return 0;
        }

        int size = HeaderBytes + node.Xattrs.Sum(xattr => Aligned(EntryBytes + Encoding.UTF8.GetByteCount(xattr.Key) - NamespaceOf(xattr.Key).Prefix.Length + xattr.Value.Length));
        return size <= MostBytes ? size : throw new OddLayerException("the attributes of one file are too many");
    }

    /// <summary>The inode's field that tells their size: the header is one, each further four bytes are one.</summary>
    public static ushort CountOf(int size) => size == 0 ? (ushort)0 : (ushort)(1 + ((size - HeaderBytes) / Alignment));

    /// <summary>Writes them into a zeroed span of <see cref="SizeOf"/> bytes.</summary>
    public static void Write(TreeNode node, Span<byte> target)
    {
        int at = HeaderBytes;
        foreach ((string name, ReadOnlyMemory<byte> value) in node.Xattrs)
        {
            (string prefix, byte number) = NamespaceOf(name);
            int length = Encoding.UTF8.GetBytes(name.AsSpan(prefix.Length), target[(at + EntryBytes)..]);
            target[at] = (byte)length;
            target[at + 1] = number;
            BinaryPrimitives.WriteUInt16LittleEndian(target[(at + 2)..], (ushort)value.Length);
            value.Span.CopyTo(target[(at + EntryBytes + length)..]);
            at += Aligned(EntryBytes + length + value.Length);
        }
    }

    private static int Aligned(int size) => (size + Alignment - 1) & ~(Alignment - 1);

    private static (string Prefix, byte Number) NamespaceOf(string name) =>
        Namespaces.FirstOrDefault(known => name.StartsWith(known.Prefix, StringComparison.Ordinal)) is { Prefix: not null } found
            ? found
            : throw new OddLayerException($"an attribute '{name}' is of no namespace that is kept");

    // Version 2 is stored as it is given; what version 3 names the kernel translates.
    private static bool IsCapability(ReadOnlySpan<byte> value) =>
        value.Length == CapabilityBytes && (BinaryPrimitives.ReadUInt32LittleEndian(value) & CapabilityVersionMask) == CapabilityVersion;
}
