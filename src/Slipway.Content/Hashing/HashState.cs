using System.Buffers.Binary;

namespace Slipway.Content.Hashing;

/// <summary>
/// A SHA-256 that is not finished: its chaining value after the last whole block of what was hashed (FIPS 180-4, section 6.2.2), so that a longer content
/// that begins with the same bytes is hashed from there on.
/// </summary>
/// <param name="Words">Eight words.</param>
/// <param name="Length">How many bytes they stand for: a multiple of 64.</param>
internal sealed record HashState(uint[] Words, long Length)
{
    /// <summary>The size of <see cref="ToBytes"/>.</summary>
    public const int Size = (8 * sizeof(uint)) + sizeof(long);

    /// <summary>The words, each big-endian as in a digest, and the length, little-endian.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        for (int i = 0; i < Words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * sizeof(uint)), Words[i]);
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(Words.Length * sizeof(uint)), Length);
        return bytes;
    }

    /// <summary>Reads it back; null where these are no such bytes.</summary>
    public static HashState? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            return null;
        }

        uint[] words = new uint[8];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * sizeof(uint))..]);
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes[(words.Length * sizeof(uint))..]);
        return length >= 0 && length % Linux.Sha256Context.BlockSize == 0 ? new HashState(words, length) : null;
    }
}
