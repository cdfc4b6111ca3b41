using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data;

namespace Slipway.Pipelines.Planning;

/// <summary>
/// What a datum's answer depends on: the digest of its stage (image, command, environment) and of its inputs' names, paths and content. Two
/// datums with one key have one answer, whatever pipeline, branch or job they are in. Written as 64 hex digits.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct DatumKey(Digest Digest)
{
    /// <summary>Reads 64 lower-case hex digits.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static DatumKey Parse(string text) => Digest.TryParseHex(text, out Digest digest)
        ? new DatumKey(digest)
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not the key of a datum", "It is 64 hex digits.");

    /// <inheritdoc/>
    public override string ToString() => Digest.Hex;

    /// <summary>The key as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<DatumKey>
    {
        /// <inheritdoc/>
        protected override DatumKey Parse(string text) => DatumKey.Parse(text);
    }
}
