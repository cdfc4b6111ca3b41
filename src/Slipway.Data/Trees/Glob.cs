using System.Diagnostics.CodeAnalysis;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>
/// A pattern of path entries. <c>/</c> is the root itself; <c>/*</c> each entry of the top level, file or directory; <c>/*/*</c> only
/// those of the second level. A slash at the end is as none, and one at the start may be missing.
/// <list type="table">
/// <item><term>*</term><description>any characters, also none, but <c>/</c></description></item>
/// <item><term>?</term><description>one character but <c>/</c></description></item>
/// <item><term>[a-z] [!a-z] [^a-z]</term><description>one character of the set, or one that is not; never <c>/</c></description></item>
/// <item><term>{a,b} @(a|b)</term><description>one of the patterns</description></item>
/// <item><term>?(a|b) *(a|b) +(a|b)</term><description>one of them or nothing; any number of them; at least one of them</description></item>
/// <item><term>!(a|b)</term><description>anything without <c>/</c> that is none of the patterns</description></item>
/// <item><term>**</term><description>as a whole segment: any number of directories, also none (<c>/**/x</c> matches <c>/x</c>), and at the end
/// every entry below; within a segment: any characters, also <c>/</c></description></item>
/// <item><term>\c</term><description>the character itself</description></item>
/// </list>
/// A name that begins with a dot is as any other. The pattern is read once; a match costs at most the length of the path squared for each
/// of its elements, whatever the pattern.
/// </summary>
public sealed class Glob : IEquatable<Glob>
{
    private readonly string _text;
    private readonly IReadOnlyList<GlobSegment> _segments;

    private Glob(string text, IReadOnlyList<GlobSegment> segments)
    {
        _text = text;
        _segments = segments;
        int depth = 0;
        while (depth < segments.Count && !segments[depth].Crosses)
        {
            depth++;
        }

        FixedDepth = depth;
    }

    /// <summary>How many segments the pattern has; none for <c>/</c>.</summary>
    internal int SegmentCount => _segments.Count;

    /// <summary>How many segments stand before the first that can match more than one part of a path.</summary>
    internal int FixedDepth { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: says what is wrong and in which column.</exception>
    public static Glob Parse(string text)
    {
        string normal = Normalise(text);
        return new Glob(normal, GlobParser.Parse(normal));
    }

    /// <summary>Reads a pattern; false where the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Glob? glob)
    {
        try
        {
            glob = text is null ? null : Parse(text);
        }
        catch (SlipwayException)
        {
            glob = null;
        }

        return glob is not null;
    }

    /// <summary>True where the pattern matches the path.</summary>
    public bool Matches(DataPath path)
    {
        string text = path.IsRoot ? "" : path.ToString();
        PositionSet positions = PositionSet.Only(text.Length, 0);
        foreach (GlobSegment segment in _segments)
        {
            positions = segment.AdvancePath(text, positions);
            if (positions.IsEmpty)
            {
                return false;
            }
        }

        return positions.Contains(text.Length);
    }

    /// <inheritdoc/>
    public bool Equals(Glob? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Glob);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The pattern with a slash at its start and none at its end.</summary>
    public override string ToString() => _text;

    internal bool MatchesSegment(int index, string name) => _segments[index].MatchesName(name);

    internal string? LiteralSegment(int index) => _segments[index].Literal;

    private static string Normalise(string text)
    {
        string absolute = text.StartsWith('/') ? text : "/" + text;
        bool escaped = absolute.Length > 2 && absolute[..^1].Reverse().TakeWhile(c => c == '\\').Count() % 2 == 1;
        return absolute.Length > 1 && absolute[^1] == '/' && !escaped ? absolute[..^1] : absolute;
    }
}
