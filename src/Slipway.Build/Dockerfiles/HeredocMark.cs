using System.Text.RegularExpressions;

namespace Slipway.Build.Dockerfiles;

/// <summary>A word such as <c>&lt;&lt;EOF</c>, <c>3&lt;&lt;-'END'</c> that begins a here-document.</summary>
internal sealed partial record HeredocMark(string Name, bool Expand, bool Chomp)
{
    /// <summary>The marks in a line, in order. Words that lack a proper quoting are no marks.</summary>
    public static IEnumerable<HeredocMark> FindAll(string text, char escape)
    {
        IReadOnlyList<string> words;
        try
        {
            words = WordSplitter.Split(text, escape);
        }
        catch (DockerfileSyntaxException)
        {
            return [];
        }

        return words.Select(word => TryParse(word, escape)).OfType<HeredocMark>();
    }

    /// <summary>Reads one word; null where it begins no here-document.</summary>
    public static HeredocMark? TryParse(string word, char escape)
    {
        Match match = Pattern().Match(word);
        if (!match.Success)
        {
            return null;
        }

        string written = match.Groups[2].Value;
        try
        {
            string name = new WordExpander(escape).ExpandWord(written, _ => null);
            return name.Length == 0 || name.Any(char.IsWhiteSpace) ? null : new(name, name == written, match.Groups[1].Length > 0);
        }
        catch (DockerfileSyntaxException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^\d*<<(-?)([^<]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
