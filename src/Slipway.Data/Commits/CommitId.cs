using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Data.Commits;

/// <summary>The digest of what a finished commit says; see <see cref="CommitEncoding"/>. Written as the 64 hex digits alone.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct CommitId(Digest Digest)
{
    /// <summary>The first 12 hex digits, for tables; accepted in references.</summary>
    public string Short => Digest.Short;

    /// <summary>The 64 lower-case hex digits.</summary>
    public override string ToString() => Digest.Hex;

    /// <summary>Reads 64 lower-case hex digits.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static CommitId Parse(string text) => Digest.TryParseHex(text, out Digest digest)
        ? new CommitId(digest)
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a commit id", "A commit id is 64 lower-case hex digits.");

    /// <summary>The id as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<CommitId>
    {
        /// <inheritdoc/>
        protected override CommitId Parse(string text) => CommitId.Parse(text);
    }
}
