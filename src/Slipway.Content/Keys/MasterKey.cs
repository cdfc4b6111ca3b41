using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Content.Keys;

/// <summary>
/// The one secret that a person keeps: 256 bits that wrap the keys of projects and seal nothing else. It is never stored, logged or shown;
/// only its id is, which says nothing about it.
/// </summary>
public sealed class MasterKey
{
    private const int Size = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int IdDigits = 16;

    private readonly byte[] _secret;

    private MasterKey(byte[] secret)
    {
        _secret = secret;
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(secret, "slipway master key id"u8))[..IdDigits];
    }

    /// <summary>16 hex digits that tell master keys apart.</summary>
    public string Id { get; }

    /// <summary>Reads a key: 64 hex digits, or base64 of 32 bytes, white space around it ignored; or just 32 bytes.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: none of these. Says nothing of what was given.</exception>
    public static MasterKey Parse(ReadOnlySpan<byte> given)
    {
        ReadOnlySpan<byte> text = given.Trim(" \t\r\n"u8);
        byte[] secret = new byte[Size];
        if (given.Length == Size)
        {
            given.CopyTo(secret);
            return new MasterKey(secret);
        }

        if (text.Length == Size * 2 && Convert.FromHexString(text, secret, out _, out _) == OperationStatus.Done)
        {
            return new MasterKey(secret);
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, decoded, out _, out int written) == OperationStatus.Done && written == Size)
        {
            return new MasterKey(decoded[..Size]);
        }

        throw new SlipwayException(
            ErrorKind.InvalidArgument,
            "the master key is not 32 bytes, 64 hex digits or base64 of 32 bytes",
            "Make one: openssl rand -hex 32 > master.key && chmod 600 master.key");
    }

    /// <summary>Seals a key under this one.</summary>
    /// <param name="purpose">What it is for; it opens for nothing else.</param>
    public WrappedKey Wrap(string purpose, ReadOnlySpan<byte> key)
    {
        byte[] wrapped = new byte[NonceSize + key.Length + TagSize];
        Span<byte> nonce = wrapped.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(_secret, TagSize);
        cipher.Encrypt(nonce, key, wrapped.AsSpan(NonceSize, key.Length), wrapped.AsSpan(NonceSize + key.Length), Encoding.UTF8.GetBytes(purpose));
        return new WrappedKey(Id, wrapped);
    }

    /// <summary>Opens what <see cref="Wrap"/> sealed for the same purpose.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: another master key wrapped it; <see cref="ErrorKind.Corrupt"/>: it was changed.</exception>
    public byte[] Unwrap(string purpose, WrappedKey wrapped)
    {
        if (wrapped.MasterKey != Id)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"its keys are wrapped by master key {wrapped.MasterKey}, and the server was given master key {Id}");
        }

        try
        {
            ReadOnlySpan<byte> bytes = wrapped.Sealed;
            byte[] key = new byte[bytes.Length - NonceSize - TagSize];
            using AesGcm cipher = new(_secret, TagSize);
            cipher.Decrypt(bytes[..NonceSize], bytes[NonceSize..^TagSize], bytes[^TagSize..], key, Encoding.UTF8.GetBytes(purpose));
            return key;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or OverflowException)
        {
            throw new SlipwayException(ErrorKind.Corrupt, $"a key wrapped by master key {Id} was changed: it does not open", innerException: error);
        }
    }
}
