using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Content.Metadata.Sqlite;

/// <summary>
/// The sum that stands beside each record: the first 16 bytes of SHA-256 over the length of the table's name in bytes (4, little-endian), the name,
/// the length of the key (4), the key, and the value. It finds bits that the disk changed, wherever in the record they stand.
/// </summary>
internal static class RowSum
{
    public const int Size = 16;

    /// <summary>The sum of a record.</summary>
    public static byte[] Of(string table, string key, ReadOnlySpan<byte> value)
    {
        int tableLength = Encoding.UTF8.GetByteCount(table);
        int keyLength = Encoding.UTF8.GetByteCount(key);
        int length = 8 + tableLength + keyLength + value.Length;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> bytes = rented.AsSpan(0, length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, tableLength);
        Encoding.UTF8.GetBytes(table, bytes[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 + tableLength)..], keyLength);
        Encoding.UTF8.GetBytes(key, bytes[(8 + tableLength)..]);
        value.CopyTo(bytes[(8 + tableLength + keyLength)..]);
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(bytes, hash);
        ArrayPool<byte>.Shared.Return(rented);
        return hash[..Size].ToArray();
    }

    /// <summary>True where the sum is the record's.</summary>
    public static bool Matches(string table, string key, ReadOnlySpan<byte> value, ReadOnlySpan<byte> sum) => sum.SequenceEqual(Of(table, key, value));
}
