using System.Text.RegularExpressions;

namespace Slipway.House.Docs;

/// <summary>One of our documents: its prose without fenced blocks, the names it sets in code, and its links.</summary>
internal sealed partial record MarkdownFile(string Path, string Text)
{
    /// <summary>The text with fenced code blocks taken out, because those are transcripts and examples.</summary>
    public string Prose => Fence().Replace(Text, string.Empty);

    /// <summary>What stands between single backticks.</summary>
    public IEnumerable<string> CodeSpans => CodeSpan().Matches(Prose).Select(match => match.Groups[1].Value);

    /// <summary>The targets of links.</summary>
    public IEnumerable<string> Links => Link().Matches(Prose).Select(match => match.Groups[1].Value);

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors => Heading().Matches(Prose)
        .Select(match => NotInAnchor().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-'))
        .ToHashSet();

    /// <summary>Every document that the repository holds, but not the material of examples.</summary>
    public static IEnumerable<MarkdownFile> All() =>
        Repository.Files(".", "*.md").Select(path => new MarkdownFile(path, Repository.Read(path)));

    [GeneratedRegex(@"^[ \t]*```.*?^[ \t]*```[ \t]*$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
