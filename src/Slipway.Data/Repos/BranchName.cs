using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Data.Repos;

/// <summary>
/// The name of a branch: letters, digits, <c>_</c>, <c>.</c> and <c>-</c>. 32 lower-case hex digits are refused, because a reference
/// reads them as a commit's global id.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct BranchName : IComparable<BranchName>
{
    private readonly string? _text;

    private BranchName(string text) => _text = text;

    /// <summary>The branch that a reference without a revision means.</summary>
    public static BranchName Master { get; } = new("master");

    /// <summary>Reads a name.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: says which rule the text breaks.</exception>
    public static BranchName Parse(string text) => FindFault(text) is string fault
        ? throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not the name of a branch: {fault}",
            "A branch is named by letters, digits, '_', '.' and '-'.")
        : new BranchName(text);

    /// <summary>Reads a name; false where the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BranchName name)
    {
        bool valid = FindFault(text) is null;
        name = valid ? new BranchName(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public int CompareTo(BranchName other) => string.CompareOrdinal(_text, other._text);

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    public static bool operator <(BranchName left, BranchName right) => left.CompareTo(right) < 0;

    public static bool operator >(BranchName left, BranchName right) => left.CompareTo(right) > 0;

    public static bool operator <=(BranchName left, BranchName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BranchName left, BranchName right) => left.CompareTo(right) >= 0;

    private static string? FindFault(string? text) => string.IsNullOrEmpty(text) ? "it is empty"
        : NamePart.IsGlobalId(text) ? "it would be read as a commit's global id"
        : NamePart.FindFault(text);

    /// <summary>The name as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<BranchName>
    {
        /// <inheritdoc/>
        protected override BranchName Parse(string text) => BranchName.Parse(text);
    }
}
