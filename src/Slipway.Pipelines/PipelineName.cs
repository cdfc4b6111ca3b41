using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Repos;

namespace Slipway.Pipelines;

/// <summary>
/// The name of a pipeline, <c>name</c> or <c>project/name</c>. Its output repo has the same name. Pachyderm's project "default" is
/// the same as none.
/// </summary>
[JsonConverter(typeof(Converter))]
public readonly record struct PipelineName : IComparable<PipelineName>
{
    private const int Longest = 63;
    private readonly string? _text;

    private PipelineName(string text) => _text = text;

    /// <summary>The project before the slash, or null.</summary>
    public string? Project => ToString().IndexOf('/') is >= 0 and int slash ? ToString()[..slash] : null;

    /// <summary>The part after the project.</summary>
    public string Name => ToString()[(ToString().IndexOf('/') + 1)..];

    /// <summary>The repo that holds what the pipeline makes.</summary>
    public RepoName Repo => RepoName.Parse(ToString());

    /// <summary>Reads <c>name</c> or <c>project/name</c>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static PipelineName Parse(string text) => TryParse(text, out PipelineName name)
        ? name
        : throw new SlipwayException(
            ErrorKind.InvalidArgument,
            $"'{text}' is not a pipeline name",
            $"A name has letters, digits, '_', '-' and '.', begins with a letter or digit, and is at most {Longest} long; a project may stand before a slash.");

    /// <summary>Reads <c>name</c> or <c>project/name</c>; false where the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PipelineName name)
    {
        name = default;
        string[] parts = text?.Split('/') ?? [];
        if (parts.Length is not (1 or 2) || !parts.All(IsPart))
        {
            return false;
        }

        name = new PipelineName(parts is ["default", string rest] ? rest : text!);
        return true;
    }

    /// <summary>Whether the text can stand as a project, a pipeline or an input.</summary>
    public static bool IsPart(string part) => part.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(part[0])
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <inheritdoc/>
    public int CompareTo(PipelineName other) => string.CompareOrdinal(ToString(), other.ToString());

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    public static bool operator <(PipelineName left, PipelineName right) => left.CompareTo(right) < 0;

    public static bool operator >(PipelineName left, PipelineName right) => left.CompareTo(right) > 0;

    public static bool operator <=(PipelineName left, PipelineName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PipelineName left, PipelineName right) => left.CompareTo(right) >= 0;

    /// <summary>The name as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<PipelineName>
    {
        /// <inheritdoc/>
        protected override PipelineName Parse(string text) => PipelineName.Parse(text);
    }
}
