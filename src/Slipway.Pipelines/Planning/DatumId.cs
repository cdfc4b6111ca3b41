using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data;

namespace Slipway.Pipelines.Planning;

/// <summary>
/// Which datum of a pipeline: the digest of what it is made of by name (input, repo, branch and path), not by content. It stays the
/// same while the content changes, so that a job can say what changed since the last. Written as 64 hex digits.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct DatumId(Digest Digest) : IComparable<DatumId>
{
    /// <summary>The first 12 hex digits, for tables.</summary>
    public string Short => Digest.Short;

    /// <summary>Reads 64 lower-case hex digits.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static DatumId Parse(string text) => Digest.TryParseHex(text, out Digest digest)
        ? new DatumId(digest)
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not the id of a datum", "It is 64 hex digits; slipway job inspect lists them.");

    /// <inheritdoc/>
    public int CompareTo(DatumId other) => Digest.CompareTo(other.Digest);

    /// <inheritdoc/>
    public override string ToString() => Digest.Hex;

    public static bool operator <(DatumId left, DatumId right) => left.CompareTo(right) < 0;

    public static bool operator >(DatumId left, DatumId right) => left.CompareTo(right) > 0;

    public static bool operator <=(DatumId left, DatumId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DatumId left, DatumId right) => left.CompareTo(right) >= 0;

    /// <summary>The id as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<DatumId>
    {
        /// <inheritdoc/>
        protected override DatumId Parse(string text) => DatumId.Parse(text);
    }
}
