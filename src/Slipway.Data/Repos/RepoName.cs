using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Data.Repos;

/// <summary>
/// The name of a data repo: <c>name</c>, or <c>project/name</c>. Each part is letters, digits, <c>_</c>, <c>.</c> and <c>-</c>;
/// case is kept and matters.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct RepoName : IComparable<RepoName>
{
    private readonly string? _text;

    private RepoName(string text) => _text = text;

    /// <summary>The part before the slash; null in the default project.</summary>
    public string? Project => _text is not null && _text.IndexOf('/') is int at and >= 0 ? _text[..at] : null;

    /// <summary>The part after the slash, or the whole.</summary>
    public string Name => _text is null ? "" : _text[(_text.IndexOf('/') + 1)..];

    /// <summary>Reads a name.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: says which rule the text breaks.</exception>
    public static RepoName Parse(string text) => FindFault(text) is string fault
        ? throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not the name of a repo: {fault}",
            "A repo is named name or project/name, of letters, digits, '_', '.' and '-'.")
        : new RepoName(text);

    /// <summary>Reads a name; false where the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RepoName name)
    {
        bool valid = FindFault(text) is null;
        name = valid ? new RepoName(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public int CompareTo(RepoName other) => string.CompareOrdinal(_text, other._text);

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    public static bool operator <(RepoName left, RepoName right) => left.CompareTo(right) < 0;

    public static bool operator >(RepoName left, RepoName right) => left.CompareTo(right) > 0;

    public static bool operator <=(RepoName left, RepoName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RepoName left, RepoName right) => left.CompareTo(right) >= 0;

    private static string? FindFault(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "it is empty";
        }

        int slash = text.IndexOf('/');
        if (slash < 0)
        {
            return NamePart.FindFault(text);
        }

        return text.IndexOf('/', slash + 1) >= 0
            ? "it has more than one '/'"
            : NamePart.FindFault(text.AsSpan(0, slash)) ?? NamePart.FindFault(text.AsSpan(slash + 1));
    }

    /// <summary>The name as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<RepoName>
    {
        /// <inheritdoc/>
        protected override RepoName Parse(string text) => RepoName.Parse(text);
    }
}
