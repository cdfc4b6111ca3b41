using System.Buffers.Binary;

namespace Slipway.Build.Inventory.Rpm;

/// <summary>
/// The hash database of Berkeley DB, where rpm kept its packages before (CentOS 7, Amazon Linux 2): pages with pairs of key and value, of which the values are
/// kept on chains of pages of their own. Little-endian, as on every machine that such images are for.
/// </summary>
internal static class BerkeleyDatabase
{
    private const uint HashMagic = 0x061561;
    private const int PageHeader = 26, UnsortedHashPage = 2, OverflowPage = 7, HashPage = 13, OnPageItem = 1, OffPageItem = 3;

    /// <summary>Every value: those on a page of pairs, and the larger ones on chains, which most packages are.</summary>
    /// <exception cref="InvalidDataException">It is no such database.</exception>
    public static IEnumerable<byte[]> Values(byte[] database)
    {
        if (database.Length < 512 || Number(database, 12) != HashMagic)
        {
            throw new InvalidDataException("it does not begin as a hash of Berkeley DB");
        }

        int size = (int)Number(database, 20);
        if (size < 512 || size > 65536 || database.Length < size)
        {
            throw new InvalidDataException($"its pages have {size} bytes");
        }

        for (int page = size; page + size <= database.Length; page += size)
        {
            if (database[page + 25] is HashPage or UnsortedHashPage)
            {
                foreach (byte[] value in OfPage(database, page, size))
                {
                    yield return value;
                }
            }
        }
    }

    // Keys and values take turns; each ends where the one before it begins, for they are laid from the page's end.
    private static IEnumerable<byte[]> OfPage(byte[] database, int page, int size)
    {
        int entries = Short(database, page + 20);
        for (int entry = 1; entry < entries && PageHeader + (entry * 2) + 2 <= size; entry += 2)
        {
            int item = Short(database, page + PageHeader + (entry * 2)), end = Short(database, page + PageHeader + (entry * 2) - 2);
            if (item + 12 <= size && database[page + item] == OffPageItem)
            {
                yield return Chain(database, size, Number(database, page + item + 4), Number(database, page + item + 8));
            }
            else if (item < end && end <= size && database[page + item] == OnPageItem)
            {
                yield return database[(page + item + 1)..(page + end)];
            }
        }
    }

    private static byte[] Chain(byte[] database, int size, uint first, uint length)
    {
        if (length > database.Length)
        {
            throw new InvalidDataException($"a value of {length} bytes is longer than all of it");
        }

        byte[] value = new byte[length];
        int filled = 0;
        for (uint next = first; next != 0 && filled < value.Length;)
        {
            long page = (long)next * size;
            if (page + size > database.Length || database[page + 25] != OverflowPage)
            {
                throw new InvalidDataException($"its page {next} holds no value");
            }

            int part = Math.Min(Math.Min(Short(database, page + 22), size - PageHeader), value.Length - filled);
            if (part == 0)
            {
                break;
            }

            database.AsSpan((int)page + PageHeader, part).CopyTo(value.AsSpan(filled));
            filled += part;
            next = Number(database, page + 16);
        }

        return filled == value.Length ? value : throw new InvalidDataException($"a value of {length} bytes ends after {filled}");
    }

    private static uint Number(byte[] database, long at) => BinaryPrimitives.ReadUInt32LittleEndian(database.AsSpan((int)at));

    private static int Short(byte[] database, long at) => BinaryPrimitives.ReadUInt16LittleEndian(database.AsSpan((int)at));
}
