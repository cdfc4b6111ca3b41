using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;

namespace Slipway.Content.Blobs.Sealed;

/// <summary>A row of the index: where the blob of a plain digest is kept. It vouches for itself, so that no row can be put in another's place.</summary>
/// <param name="Plain">The digest of what was put.</param>
/// <param name="Sealed">The digest of the sealed bytes: their name in the store below.</param>
/// <param name="Size">The plain length in bytes.</param>
/// <param name="Salt">What stands in the sealed blob's header.</param>
internal sealed record SealedRow(Digest Plain, Digest Sealed, long Size, byte[] Salt)
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = 1 + Digest.Size + sizeof(long) + SealedFormat.SaltSize;
    private const int Length = HeadSize + NonceSize + Digest.Size + TagSize;

    /// <summary>The row's key: the project, and a name that tells nothing of the digest.</summary>
    public static string KeyOf(ProjectKeys keys, Digest plain)
    {
        Span<byte> raw = stackalloc byte[Digest.Size];
        plain.CopyTo(raw);
        return TableKey.Join(keys.Project, Convert.ToHexStringLower(HMACSHA256.HashData(keys.Names, raw)));
    }

    /// <summary>The row's bytes: version, sealed digest, size, salt, nonce, the plain digest under AES-256-GCM, tag.</summary>
    public byte[] Encode(ProjectKeys keys, string key)
    {
        byte[] row = new byte[Length];
        row[0] = Version;
        Sealed.CopyTo(row.AsSpan(1));
        BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(1 + Digest.Size), Size);
        Salt.CopyTo(row.AsSpan(HeadSize - SealedFormat.SaltSize));
        Span<byte> nonce = row.AsSpan(HeadSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> plain = stackalloc byte[Digest.Size];
        Plain.CopyTo(plain);
        using AesGcm cipher = new(keys.Index, TagSize);
        cipher.Encrypt(nonce, plain, row.AsSpan(HeadSize + NonceSize, Digest.Size), row.AsSpan(Length - TagSize), Context(key, row));
        return row;
    }

    /// <summary>Reads a row.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: it was changed, or stands under another's key.</exception>
    public static SealedRow Decode(ProjectKeys keys, string key, ReadOnlySpan<byte> row)
    {
        try
        {
            Span<byte> plain = stackalloc byte[Digest.Size];
            using AesGcm cipher = new(keys.Index, TagSize);
            if (row.Length == Length && row[0] == Version)
            {
                cipher.Decrypt(row.Slice(HeadSize, NonceSize), row.Slice(HeadSize + NonceSize, Digest.Size), row[^TagSize..], plain, Context(key, row));
                return new SealedRow(
                    new Digest(plain),
                    new Digest(row.Slice(1, Digest.Size)),
                    BinaryPrimitives.ReadInt64LittleEndian(row[(1 + Digest.Size)..]),
                    row.Slice(HeadSize - SealedFormat.SaltSize, SealedFormat.SaltSize).ToArray());
            }
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw Changed(keys, error);
        }

        throw Changed(keys, null);
    }

    /// <summary>The sealed digest of a row, readable without a key.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: it is no row of this version.</exception>
    public static Digest SealedOf(ReadOnlySpan<byte> row) => row.Length == Length && row[0] == Version
        ? new Digest(row.Slice(1, Digest.Size))
        : throw new SlipwayException(ErrorKind.Corrupt, "a row of the index of sealed blobs is not of its form");

    private static SlipwayException Changed(ProjectKeys keys, Exception? inner) => new(
        ErrorKind.Corrupt, $"a row of the index of sealed blobs of project {keys.Project} was changed", "slipway verify names what it tells of.", inner);

    private static byte[] Context(string key, ReadOnlySpan<byte> row) => [.. Encoding.UTF8.GetBytes(key), .. row[..HeadSize]];
}
