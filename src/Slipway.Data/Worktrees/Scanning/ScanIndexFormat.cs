using System.Buffers;
using System.Buffers.Binary;
using Slipway.Content;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// The bytes of a scan index, version 1. It is a cache: one that is damaged or of another version is not used. Numbers are little-endian.
/// <code>
/// file   = "slipway-scan 1\n" folder* table table-offset(8)
/// folder = sum(8) body                 sum: the first 8 bytes of SHA-256 of the body
/// body   = tree(32) size(8) count(4) entry*     tree, size: of the folder's tree
/// entry  = name-length(1) name kind(1) size(8) modified(8) changed(8) inode(8) digest(32)     ascending by the name's bytes
/// table  = sum(8) count(4) (path-length(2) path offset(8) length(4))*      path: of the folder, from the scanned one, "/" and "/a/b"
/// </code>
/// </summary>
internal static class ScanIndexFormat
{
    public const int SumSize = 8;
    public const int BodyHeadSize = Digest.Size + 8 + 4;
    public const int EntrySize = 1 + 1 + 8 + 8 + 8 + 8 + Digest.Size;

    public static ReadOnlySpan<byte> Magic => "slipway-scan 1\n"u8;

    /// <summary>The checksum of a body or table.</summary>
    public static ulong SumOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Digest.Size];
        Content.Digest.Of(bytes).CopyTo(digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    public static void WriteBody(IBufferWriter<byte> output, Digest tree, long size, ReadOnlySpan<ScannedEntry> entries)
    {
        Span<byte> head = output.GetSpan(BodyHeadSize);
        tree.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head[Digest.Size..], size);
        BinaryPrimitives.WriteInt32LittleEndian(head[(Digest.Size + 8)..], entries.Length);
        output.Advance(BodyHeadSize);
        foreach (ref readonly ScannedEntry entry in entries)
        {
            Span<byte> bytes = output.GetSpan(EntrySize + entry.Name.Length);
            bytes[0] = (byte)entry.Name.Length;
            entry.Name.CopyTo(bytes[1..]);
            Span<byte> rest = bytes[(1 + entry.Name.Length)..];
            rest[0] = (byte)entry.Kind;
            BinaryPrimitives.WriteInt64LittleEndian(rest[1..], entry.Size);
            BinaryPrimitives.WriteInt64LittleEndian(rest[9..], entry.ModifiedNanoseconds);
            BinaryPrimitives.WriteInt64LittleEndian(rest[17..], entry.ChangedNanoseconds);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[25..], entry.Inode);
            entry.Digest.CopyTo(rest[33..]);
            output.Advance(EntrySize + entry.Name.Length);
        }
    }
}
