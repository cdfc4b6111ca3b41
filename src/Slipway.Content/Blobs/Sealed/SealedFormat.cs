using System.Buffers.Binary;
using System.Security.Cryptography;
using Slipway.Content.Keys;

namespace Slipway.Content.Blobs.Sealed;

/// <summary>
/// The bytes of a sealed blob (docs/format.md): a header, then segments of at most 64 KiB, each under AES-256-GCM with a key of this blob
/// alone. The nonce counts the segments and marks the last, and every segment vouches for the header: nothing can be changed, left out, moved
/// or added without being found.
/// </summary>
internal static class SealedFormat
{
    public const int HeaderSize = 64;
    public const int SaltSize = 32;
    public const int SegmentSize = 64 * 1024;
    public const int TagSize = 16;
    private const int Version = 1;
    private const int KeyIdOffset = 16;
    private const int SaltOffset = 32;
    private const int NonceSize = 12;

    private static ReadOnlySpan<byte> Magic => "slw-seal"u8;

    /// <summary>The length of a sealed blob of <paramref name="size"/> plain bytes.</summary>
    public static long LengthOf(long size) => HeaderSize + size + (SegmentsOf(size) * TagSize);

    /// <summary>How many segments hold so many plain bytes; an empty blob has one, empty.</summary>
    public static long SegmentsOf(long size) => Math.Max(1, (size + SegmentSize - 1) / SegmentSize);

    /// <summary>Where a segment begins in the sealed blob.</summary>
    public static long OffsetOf(long segment) => HeaderSize + (segment * (SegmentSize + TagSize));

    /// <summary>The header of a blob.</summary>
    public static byte[] Header(Guid key, ReadOnlySpan<byte> salt)
    {
        byte[] header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), SegmentSize);
        key.TryWriteBytes(header.AsSpan(KeyIdOffset), bigEndian: true, out _);
        salt.CopyTo(header.AsSpan(SaltOffset));
        return header;
    }

    /// <summary>The key and the salt that a header names; null where it is no header of this version.</summary>
    public static (Guid Key, byte[] Salt)? Read(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderSize
        && header.StartsWith(Magic)
        && BinaryPrimitives.ReadInt32LittleEndian(header[8..]) == Version
        && BinaryPrimitives.ReadInt32LittleEndian(header[12..]) == SegmentSize
            ? (new Guid(header.Slice(KeyIdOffset, 16), bigEndian: true), header.Slice(SaltOffset, SaltSize).ToArray())
            : null;

    /// <summary>The cipher of one blob.</summary>
    public static AesGcm Cipher(DataKey key, ReadOnlySpan<byte> salt)
    {
        Span<byte> derived = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Secret, derived, salt, "slipway sealed blob 1"u8);
        return new AesGcm(derived, TagSize);
    }

    /// <summary>Seals one segment; <paramref name="target"/> has room for it and its tag.</summary>
    public static void Seal(AesGcm cipher, byte[] header, long segment, bool last, ReadOnlySpan<byte> plain, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, segment, last);
        cipher.Encrypt(nonce, plain, target[..plain.Length], target.Slice(plain.Length, TagSize), header);
    }

    /// <summary>Opens one segment with its tag.</summary>
    /// <exception cref="AuthenticationTagMismatchException">It is not what was sealed there.</exception>
    public static void Open(AesGcm cipher, byte[] header, long segment, bool last, ReadOnlySpan<byte> bytes, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, segment, last);
        cipher.Decrypt(nonce, bytes[..^TagSize], bytes[^TagSize..], plain, header);
    }

    private static void WriteNonce(Span<byte> nonce, long segment, bool last)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(nonce, segment);
        nonce[^1] = last ? (byte)1 : (byte)0;
    }
}
