using System.Text;
using System.Text.RegularExpressions;
using Slipway.Content;

namespace Slipway.Build.Contexts;

/// <summary>
/// Patterns over whole paths: those of one part (<see cref="GoGlob"/>), and <c>**</c> for any number of parts. The rules are those of .dockerignore.
/// </summary>
internal sealed class PathPattern
{
    private readonly Regex _regex;

    private PathPattern(Regex regex, bool isNegated)
    {
        _regex = regex;
        IsNegated = isNegated;
    }

    /// <summary>Begun by <c>!</c>: takes in again what an earlier one left out.</summary>
    public bool IsNegated { get; }

    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: malformed.</exception>
    public static PathPattern Parse(string text)
    {
        bool negated = text.StartsWith('!');
        string pattern = Planning.ImagePath.Clean("/" + (negated ? text[1..] : text))[1..];
        StringBuilder regex = new("^");
        for (int at = 0; at < pattern.Length; at++)
        {
            at = Append(regex, pattern, at, text);
        }

        try
        {
            return new(new Regex(regex.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking), negated);
        }
        catch (ArgumentException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a pattern", "A range in [] goes from a lower character to a higher one.", fault);
        }
    }

    public bool Matches(string path) => _regex.IsMatch(path);

    /// <summary>Whether the last of the patterns that match a path, or a directory above it, leaves it out.</summary>
    public static bool Excludes(IReadOnlyList<PathPattern> patterns, string path)
    {
        bool excluded = false;
        foreach (PathPattern pattern in patterns)
        {
            if (pattern.IsNegated == excluded && pattern.MatchesOrContains(path))
            {
                excluded = !pattern.IsNegated;
            }
        }

        return excluded;
    }

    private bool MatchesOrContains(string path)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (Matches(path[..end]))
            {
                return true;
            }
        }

        return false;
    }

    private static int Append(StringBuilder regex, string pattern, int at, string written)
    {
        switch (pattern[at])
        {
            case '*' when at + 1 < pattern.Length && pattern[at + 1] == '*':
                bool slash = at + 2 < pattern.Length && pattern[at + 2] == '/';
                regex.Append(at + 2 == pattern.Length ? ".*" : "(.*/)?");
                return at + (slash ? 2 : 1);
            case '*':
                regex.Append("[^/]*");
                return at;
            case '?':
                regex.Append("[^/]");
                return at;
            case '\\' when at + 1 < pattern.Length:
                regex.Append(Regex.Escape(pattern[at + 1].ToString()));
                return at + 1;
            case '[':
                int end = pattern.IndexOf(']', at + 1);
                if (end < 0)
                {
                    throw new SlipwayException(ErrorKind.InvalidArgument, $"'{written}' is not a pattern", "A literal [ is written \\[.");
                }

                regex.Append(pattern, at, end - at + 1);
                return end;
            default:
                regex.Append(Regex.Escape(pattern[at].ToString()));
                return at;
        }
    }
}
