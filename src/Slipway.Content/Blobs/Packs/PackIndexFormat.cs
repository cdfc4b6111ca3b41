using System.Buffers.Binary;
using System.Security.Cryptography;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Blobs.Packs;

/// <summary>The bytes of a segment's index, version 1: see docs/format.md. Numbers are little-endian.</summary>
internal static class PackIndexFormat
{
    /// <summary>magic 8, version 4, count of entries 4, segment number 8, segment length 8, live bytes 8.</summary>
    public const int HeadSize = 40;

    /// <summary>For each first byte of a digest, how many entries begin with it or a lower one.</summary>
    public const int FanSize = 256 * 4;

    /// <summary>digest 32, offset 4, length 4.</summary>
    public const int EntrySize = Digest.Size + 8;

    private const int Version = 1;
    private const int Guesses = 4;

    private static ReadOnlySpan<byte> Magic => "slw-pidx"u8;

    public static int Count(ReadOnlySpan<byte> index) => BinaryPrimitives.ReadInt32LittleEndian(index[12..]);

    public static long LiveBytes(ReadOnlySpan<byte> index) => BinaryPrimitives.ReadInt64LittleEndian(index[32..]);

    /// <summary>True where the bytes are a whole index of just this segment at just this length.</summary>
    public static bool IsIndexOf(ReadOnlySpan<byte> index, long number, long packLength) =>
        index.Length >= HeadSize + FanSize + Digest.Size
        && index.StartsWith(Magic)
        && BinaryPrimitives.ReadInt32LittleEndian(index[8..]) == Version
        && BinaryPrimitives.ReadInt64LittleEndian(index[16..]) == number
        && BinaryPrimitives.ReadInt64LittleEndian(index[24..]) == packLength
        && index.Length == HeadSize + FanSize + ((long)Count(index) * EntrySize) + Digest.Size
        && Digest.Of(index[..^Digest.Size]) == new Digest(index[^Digest.Size..])
        && IsInside(index, packLength);

    /// <summary>Writes an index and syncs it, under a draft's name first. The segment's bytes must be durable already.</summary>
    public static void Write(StoreDisk disk, string path, long number, long packLength, IReadOnlyDictionary<Digest, PackSlot> slots)
    {
        byte[] bytes = Encode(number, packLength, slots);
        string draft = path + ".new";
        try
        {
            disk.WriteFile(draft, bytes);
            disk.Sync(draft);
        }
        catch
        {
            disk.Delete(draft);
            throw;
        }

        disk.Rename(draft, path);
    }

    /// <summary>Finds a digest: by its first byte's share of the entries, by where it would stand if they were spread evenly, and by halving.</summary>
    public static bool TryFind(ReadOnlySpan<byte> index, Digest digest, out PackSlot slot)
    {
        Span<byte> wanted = stackalloc byte[Digest.Size];
        digest.CopyTo(wanted);
        int low = wanted[0] == 0 ? 0 : UpTo(index, wanted[0] - 1);
        int high = UpTo(index, wanted[0]) - 1;
        // Digests are spread evenly, so the first guesses are near; halving bounds what is left.
        ulong prefix = BinaryPrimitives.ReadUInt64BigEndian(wanted);
        ulong below = (ulong)wanted[0] << 56, above = below | (ulong.MaxValue >> 8);
        for (int step = 0; low <= high; step++)
        {
            int middle = step < Guesses && below < above
                ? low + (int)((double)(Math.Clamp(prefix, below, above) - below) / (above - below) * (high - low))
                : (low + high) >>> 1;
            ReadOnlySpan<byte> entry = Entry(index, middle);
            int order = entry[..Digest.Size].SequenceCompareTo(wanted);
            if (order == 0)
            {
                (_, slot) = Read(index, middle);
                return true;
            }

            if (order < 0)
            {
                (low, below) = (middle + 1, BinaryPrimitives.ReadUInt64BigEndian(entry));
            }
            else
            {
                (high, above) = (middle - 1, BinaryPrimitives.ReadUInt64BigEndian(entry));
            }
        }

        slot = default;
        return false;
    }

    /// <summary>The entry at a rank.</summary>
    public static (Digest Digest, PackSlot Slot) Read(ReadOnlySpan<byte> index, int rank)
    {
        ReadOnlySpan<byte> entry = Entry(index, rank);
        return (
            new Digest(entry[..Digest.Size]),
            new PackSlot(BinaryPrimitives.ReadUInt32LittleEndian(entry[Digest.Size..]), BinaryPrimitives.ReadInt32LittleEndian(entry[(Digest.Size + 4)..])));
    }

    /// <summary>Whether everything that it names stands within the segment: else it was made by something other than slipway.</summary>
    private static bool IsInside(ReadOnlySpan<byte> index, long packLength)
    {
        int before = 0;
        for (int first = 0; first < 256; first++)
        {
            int upTo = UpTo(index, first);
            if (upTo < before)
            {
                return false;
            }

            before = upTo;
        }

        bool isInside = before == Count(index);
        for (int rank = 0; isInside && rank < before; rank++)
        {
            (_, PackSlot slot) = Read(index, rank);
            isInside = slot.Length is >= 0 and <= PackFormat.LargestBlob && slot.Offset >= PackFormat.HeaderSize && slot.Offset + slot.Length <= packLength;
        }

        return isInside;
    }

    private static int UpTo(ReadOnlySpan<byte> index, int first) => BinaryPrimitives.ReadInt32LittleEndian(index[(HeadSize + (first * 4))..]);

    private static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> index, int rank) => index.Slice(HeadSize + FanSize + (rank * EntrySize), EntrySize);

    private static byte[] Encode(long number, long packLength, IReadOnlyDictionary<Digest, PackSlot> slots)
    {
        byte[] bytes = new byte[HeadSize + FanSize + (slots.Count * EntrySize) + Digest.Size];
        Span<byte> all = bytes;
        Magic.CopyTo(all);
        BinaryPrimitives.WriteInt32LittleEndian(all[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(all[12..], slots.Count);
        BinaryPrimitives.WriteInt64LittleEndian(all[16..], number);
        BinaryPrimitives.WriteInt64LittleEndian(all[24..], packLength);
        BinaryPrimitives.WriteInt64LittleEndian(all[32..], slots.Values.Sum(slot => (long)slot.Length + PackFormat.RecordHeadSize));
        int[] counts = new int[256];
        Span<byte> entry = all[(HeadSize + FanSize)..];
        foreach ((Digest digest, PackSlot slot) in slots.OrderBy(pair => pair.Key))
        {
            digest.CopyTo(entry);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[Digest.Size..], checked((uint)slot.Offset));
            BinaryPrimitives.WriteInt32LittleEndian(entry[(Digest.Size + 4)..], slot.Length);
            counts[entry[0]]++;
            entry = entry[EntrySize..];
        }

        int total = 0;
        for (int first = 0; first < 256; first++)
        {
            total += counts[first];
            BinaryPrimitives.WriteInt32LittleEndian(all[(HeadSize + (first * 4))..], total);
        }

        SHA256.HashData(all[..^Digest.Size], all[^Digest.Size..]);
        return bytes;
    }
}
