using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// What a person writes to name a commit or a file in it: <c>repo@revision:/path</c>. The revision is a branch, a tag, a global id or
/// the beginning (four hex digits or more) of a commit id; then perhaps <c>.N</c> (the Nth commit that led to it, from the first, which is 1); then any
/// number of <c>^</c> (the parent) and <c>~N</c> (N parents up). Without one <c>master</c> is meant. The path may be missing.
/// </summary>
public sealed record CommitReference(RepoName Repo, string Revision, DataPath? Path)
{
    private const string Form = "Write repo@branch:/path, for example training@master:/iris.csv; also repo@<id>, repo@<tag>, repo@master^, repo@master~3 or repo@master.1.";

    /// <summary>The revision without its <c>^</c> and <c>~N</c>.</summary>
    [JsonIgnore]
    public string Base => Revision.AsSpan().IndexOfAny('^', '~') is int at and >= 0 ? Revision[..at] : Revision;

    /// <summary>How many parents up from <see cref="Base"/>.</summary>
    [JsonIgnore]
    public int Steps => CountSteps(Revision.AsSpan(Base.Length), out int steps) is null ? steps : 0;

    /// <summary>Reads a reference.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: says which part is wrong and how.</exception>
    public static CommitReference Parse(string text)
    {
        int colon = text.IndexOf(':');
        string commit = colon < 0 ? text : text[..colon];
        DataPath? path = colon < 0 ? null : DataPath.Parse(text[(colon + 1)..]);
        int at = commit.IndexOf('@');
        RepoName repo = RepoName.Parse(at < 0 ? commit : commit[..at]);
        string revision = at < 0 ? "master" : commit[(at + 1)..];
        int suffix = revision.AsSpan().IndexOfAny('^', '~');
        string name = suffix < 0 ? revision : revision[..suffix];
        string? fault = NamePart.FindFault(name) ?? CountSteps(revision.AsSpan(name.Length), out _);
        return fault is null
            ? new CommitReference(repo, revision, path)
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' names no commit: '{revision}' is not a revision: {fault}", Form);
    }

    /// <summary>Reads a reference; false where the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CommitReference? reference)
    {
        try
        {
            reference = text is null ? null : Parse(text);
        }
        catch (SlipwayException)
        {
            reference = null;
        }

        return reference is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Path is { } path ? $"{Repo}@{Revision}:{path}" : $"{Repo}@{Revision}";

    private static string? CountSteps(ReadOnlySpan<char> suffix, out int steps)
    {
        steps = 0;
        while (!suffix.IsEmpty)
        {
            char sign = suffix[0];
            suffix = suffix[1..];
            int digits = suffix.IndexOfAnyExceptInRange('0', '9') is int end and >= 0 ? end : suffix.Length;
            if (sign == '^' ? digits > 0 : sign != '~' || digits > 6)
            {
                return "after the name stand only '^' and '~' with a number of at most 6 digits";
            }

            int count = digits == 0 ? 1 : int.Parse(suffix[..digits], System.Globalization.CultureInfo.InvariantCulture);
            steps = Math.Min(steps + count, 999_999);
            suffix = suffix[digits..];
        }

        return null;
    }
}
