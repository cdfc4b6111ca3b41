using System.Buffers.Binary;

namespace Slipway.Build.Inventory.Rpm;

/// <summary>
/// rpm's own database, as SUSE has it: pages of slots, each naming a package's place in blocks of 16 bytes, where the header stands between a head and a tail
/// (rpm, lib/backend/ndb). All numbers are little-endian.
/// </summary>
internal static class NdbDatabase
{
    private const uint DatabaseMagic = 0x506D7052; // RpmP
    private const uint SlotMagic = 0x746F6C53; // Slot
    private const uint BlobMagic = 0x53626C42; // BlbS
    private const int PageSize = 4096, SlotSize = 16, BlockSize = 16, HeadSize = 16, FirstSlot = 2;

    /// <exception cref="InvalidDataException">It is no such database.</exception>
    public static IEnumerable<byte[]> Headers(byte[] database)
    {
        if (database.Length < PageSize || Number(database, 0) != DatabaseMagic)
        {
            throw new InvalidDataException("it does not begin as one");
        }

        long slots = Math.Min((long)Number(database, 12) * (PageSize / SlotSize), database.Length / SlotSize);
        for (long slot = FirstSlot; slot < slots; slot++)
        {
            long at = slot * SlotSize;
            uint package = Number(database, at + 4);
            long place = (long)Number(database, at + 8) * BlockSize;
            if (Number(database, at) != SlotMagic || package == 0)
            {
                continue;
            }

            if (place + HeadSize > database.Length || Number(database, place) != BlobMagic || Number(database, place + 4) != package
                || place + HeadSize + Number(database, place + 12) > database.Length)
            {
                throw new InvalidDataException($"its slot {slot} leads to no package");
            }

            yield return database.AsSpan((int)place + HeadSize, (int)Number(database, place + 12)).ToArray();
        }
    }

    private static uint Number(byte[] database, long at) => BinaryPrimitives.ReadUInt32LittleEndian(database.AsSpan((int)at));
}
