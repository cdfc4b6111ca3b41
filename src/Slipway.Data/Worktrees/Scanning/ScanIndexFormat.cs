using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// The bytes of a scan index, version 2. It is a cache: one that is damaged or of another version is not used. Numbers are little-endian.
/// <code>
/// file   = "slipway-scan 2\n" block* table-offset(8)      the last block is the table
/// block  = sum(8) body                 sum: the first 8 bytes of SHA-256 of the body; body: a page, a folder or the table
/// page   = count(4) entry*             at most 512 of them
/// entry  = name-length(1) name kind(1) size(8) modified(8) changed(8) inode(8) digest(32)     ascending by the name's bytes
/// folder = tree(32) size(8) count(4) pages(4) (offset(8) length(4))*     tree, size: of the folder's tree; then the blocks of its pages
/// table  = count(4) (path-length(2) path offset(8) length(4))*      path: of the folder, from the scanned one, "/" and "/a/b"; then its block
/// </code>
/// </summary>
internal static class ScanIndexFormat
{
    public const int SumSize = 8;
    public const int PageHeadSize = 4;
    public const int PlaceSize = 8 + 4;
    public const int FolderHeadSize = Digest.Size + 8 + 4 + 4;
    public const int EntrySize = 1 + 1 + 8 + 8 + 8 + 8 + Digest.Size;

    /// <summary>So many entries stand in a page at most; a reader or a writer has one of them in memory.</summary>
    public const int MostInPage = 512;

    public static ReadOnlySpan<byte> Magic => "slipway-scan 2\n"u8;

    /// <summary>The checksum of a body.</summary>
    public static ulong SumOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Digest.Size];
        Content.Digest.Of(bytes).CopyTo(digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    /// <summary>A block's body; null where it is damaged.</summary>
    /// <param name="length">Of the block, its sum included.</param>
    public static byte[]? ReadBlock(SafeFileHandle file, long offset, int length)
    {
        Span<byte> sum = stackalloc byte[SumSize];
        byte[] body = new byte[length - SumSize];
        return RandomAccess.Read(file, sum, offset) == SumSize
            && RandomAccess.Read(file, body, offset + SumSize) == body.Length
            && SumOf(body) == BinaryPrimitives.ReadUInt64LittleEndian(sum) ? body : null;
    }

    public static void WritePage(IBufferWriter<byte> output, ReadOnlySpan<ScannedEntry> entries)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(PageHeadSize), entries.Length);
        output.Advance(PageHeadSize);
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

    public static void WriteFolder(IBufferWriter<byte> output, Digest tree, long size, int count, IReadOnlyList<(long Offset, int Length)> pages)
    {
        Span<byte> head = output.GetSpan(FolderHeadSize);
        tree.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head[Digest.Size..], size);
        BinaryPrimitives.WriteInt32LittleEndian(head[(Digest.Size + 8)..], count);
        BinaryPrimitives.WriteInt32LittleEndian(head[(Digest.Size + 12)..], pages.Count);
        output.Advance(FolderHeadSize);
        foreach ((long offset, int length) in pages)
        {
            WritePlace(output, offset, length);
        }
    }

    public static void WritePlace(IBufferWriter<byte> output, long offset, int length)
    {
        Span<byte> place = output.GetSpan(PlaceSize);
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        BinaryPrimitives.WriteInt32LittleEndian(place[8..], length);
        output.Advance(PlaceSize);
    }
}
