using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Content;

/// <summary>
/// The SHA-256 of some bytes, written <c>sha256:&lt;64 lower-case hex&gt;</c> as OCI's image specification has it (descriptor.md, "Digests").
/// A value of 32 bytes without allocation; ordered as its hex is.
/// </summary>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>
{
    /// <summary>The length of the raw value in bytes.</summary>
    public const int Size = 32;

    private const string Prefix = "sha256:";

    private readonly Bytes32 _bytes;

    /// <summary>Takes the 32 raw bytes of a SHA-256.</summary>
    /// <exception cref="ArgumentException"><paramref name="raw"/> is not 32 bytes long.</exception>
    public Digest(ReadOnlySpan<byte> raw)
    {
        if (raw.Length != Size)
        {
            throw new ArgumentException($"a SHA-256 has {Size} bytes, not {raw.Length}", nameof(raw));
        }

        raw.CopyTo(_bytes);
    }

    /// <summary>True for <c>default</c>, which no content has.</summary>
    public bool IsEmpty => ((ReadOnlySpan<byte>)_bytes).IndexOfAnyExcept((byte)0) < 0;

    /// <summary>The 64 lower-case hex digits without the algorithm.</summary>
    public string Hex => Convert.ToHexStringLower(_bytes);

    /// <summary>The first 12 hex digits, for tables.</summary>
    public string Short => Hex[..12];

    /// <summary>Digests <paramref name="content"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(content, hash);
        return new Digest(hash);
    }

    /// <summary>Digests the UTF-8 bytes of <paramref name="text"/>.</summary>
    public static Digest Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads <c>sha256:&lt;hex&gt;</c>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static Digest Parse(string text) => TryParse(text, out Digest digest)
        ? digest
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a digest", "A digest is written sha256:<64 hex digits>.");

    /// <summary>Reads <c>sha256:&lt;hex&gt;</c>; false where the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        return text is not null && text.StartsWith(Prefix, StringComparison.Ordinal) && TryParseHex(text.AsSpan(Prefix.Length), out digest);
    }

    /// <summary>Reads 64 lower-case hex digits without the algorithm.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> hex, out Digest digest)
    {
        digest = default;
        Span<byte> raw = stackalloc byte[Size];
        if (hex.Length != Size * 2 || hex.ContainsAnyInRange('A', 'F')
            || Convert.FromHexString(hex, raw, out _, out int written) != OperationStatus.Done || written != Size)
        {
            return false;
        }

        digest = new Digest(raw);
        return true;
    }

    /// <summary>Copies the 32 raw bytes into <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>The 32 raw bytes as a new array.</summary>
    public byte[] ToArray() => ((ReadOnlySpan<byte>)_bytes).ToArray();

    /// <inheritdoc/>
    public bool Equals(Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(_bytes);

    /// <inheritdoc/>
    public int CompareTo(Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceCompareTo(other._bytes);

    /// <inheritdoc/>
    public override string ToString() => Prefix + Hex;

    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    [InlineArray(Size)]
    private struct Bytes32
    {
        private byte _first;
    }
}

/// <summary>Writes a <see cref="Digest"/> as its <c>sha256:</c> string in JSON.</summary>
public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    /// <inheritdoc/>
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString(), out Digest digest) ? digest : throw new JsonException("not a sha256 digest");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
