using System.Buffers.Binary;

namespace Slipway.Content.Blobs;

/// <summary>
/// Digests by their first 64 bits: eleven to sixteen bytes each, so that millions fit into little memory. It may say yes to a digest that was
/// never added (one in 2^64 for each that was), never no to one that was: right where a wrong yes only keeps a blob longer.
/// Not safe for threads.
/// </summary>
public sealed class PrefixSet
{
    private const int FirstSize = 1024;

    private ulong[] _slots = new ulong[FirstSize];

    /// <summary>How many different prefixes were added.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a digest; false where it, or one of the same prefix, was there.</summary>
    public bool Add(Digest digest)
    {
        ulong prefix = PrefixOf(digest);
        int slot = Find(_slots, prefix);
        if (_slots[slot] == prefix)
        {
            return false;
        }

        _slots[slot] = prefix;
        Count++;
        if (Count > _slots.Length / 10 * 7)
        {
            Grow();
        }

        return true;
    }

    /// <summary>True for every digest that was added.</summary>
    public bool Contains(Digest digest)
    {
        ulong prefix = PrefixOf(digest);
        return _slots[Find(_slots, prefix)] == prefix;
    }

    /// <summary>Zero marks an empty slot, so the one prefix of zeroes shares the next.</summary>
    private static ulong PrefixOf(Digest digest)
    {
        Span<byte> raw = stackalloc byte[Digest.Size];
        digest.CopyTo(raw);
        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(raw));
    }

    private static int Find(ulong[] slots, ulong prefix)
    {
        int mask = slots.Length - 1;
        int slot = (int)(prefix >> 20) & mask;
        while (slots[slot] != 0 && slots[slot] != prefix)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        ulong[] larger = new ulong[_slots.Length * 2];
        foreach (ulong prefix in _slots)
        {
            if (prefix != 0)
            {
                larger[Find(larger, prefix)] = prefix;
            }
        }

        _slots = larger;
    }
}
