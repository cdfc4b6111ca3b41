using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Slipway.Content.Blobs.Packs;

/// <summary>The bytes of a pack segment, version 1: see docs/format.md. Numbers are little-endian.</summary>
internal static class PackFormat
{
    /// <summary>The longest blob that a pack takes; longer ones are loose.</summary>
    public const int LargestBlob = 64 * 1024;

    /// <summary>magic 8, version 4, zero 4, segment number 8.</summary>
    public const int HeaderSize = 24;

    /// <summary>kind 4, length 4, digest 32.</summary>
    public const int RecordHeadSize = 8 + Digest.Size;

    /// <summary>A burial's payload: the first bytes of a digest over its place, so that no blob's content can pass for one.</summary>
    public const int BurialSize = 8;

    public const int Version = 1;

    /// <summary>"blob"</summary>
    public const uint BlobKind = 0x626f6c62;

    /// <summary>"dead"</summary>
    public const uint BurialKind = 0x64616564;

    private static ReadOnlySpan<byte> Magic => "slw-pack"u8;

    public static void WriteHeader(Span<byte> header, long number)
    {
        header[..HeaderSize].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], number);
    }

    /// <summary>The version that a header states, or null where it is no pack's header.</summary>
    public static int? ReadVersion(ReadOnlySpan<byte> header) =>
        header.StartsWith(Magic) ? BinaryPrimitives.ReadInt32LittleEndian(header[8..]) : null;

    public static void WriteRecordHead(Span<byte> head, uint kind, int length, Digest digest)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head, kind);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], length);
        digest.CopyTo(head[8..]);
    }

    /// <summary>Reads a record's head; false where it cannot be one.</summary>
    public static bool TryReadRecordHead(ReadOnlySpan<byte> head, out uint kind, out int length, out Digest digest)
    {
        kind = BinaryPrimitives.ReadUInt32LittleEndian(head);
        length = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        digest = new Digest(head.Slice(8, Digest.Size));
        return kind switch
        {
            BlobKind => length is >= 0 and <= LargestBlob,
            BurialKind => length == BurialSize,
            _ => false,
        };
    }

    /// <summary>The payload that a burial of <paramref name="digest"/> at <paramref name="offset"/> of segment <paramref name="number"/> must have.</summary>
    public static void WriteBurial(Span<byte> payload, long number, long offset, Digest digest)
    {
        Span<byte> place = stackalloc byte[20 + Digest.Size];
        BinaryPrimitives.WriteUInt32LittleEndian(place, BurialKind);
        BinaryPrimitives.WriteInt64LittleEndian(place[4..], number);
        BinaryPrimitives.WriteInt64LittleEndian(place[12..], offset);
        digest.CopyTo(place[20..]);
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(place, hash);
        hash[..BurialSize].CopyTo(payload);
    }
}

/// <summary>Where a blob's bytes stand in a segment.</summary>
internal readonly record struct PackSlot(long Offset, int Length);
