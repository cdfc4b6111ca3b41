namespace Slipway.Data.Trees;

/// <summary>What stands between two slashes of a glob.</summary>
/// <param name="Elements">In order; none for a whole <c>**</c>.</param>
/// <param name="Star">Whether it is a whole <c>**</c>, and whether the last segment.</param>
internal sealed record GlobSegment(IReadOnlyList<GlobElement> Elements, GlobStar Star)
{
    /// <summary>True where it can match more or less than one part of a path.</summary>
    public bool Crosses { get; } = Star != GlobStar.None || Elements.Any(e => e.Crosses);

    /// <summary>The one name that it matches; null where it is a pattern.</summary>
    public string? Literal { get; } = Star == GlobStar.None && Elements is [GlobLiteral literal] ? literal.Text : null;

    /// <summary>True where one name, without slashes, matches.</summary>
    public bool MatchesName(string name) => Literal is not null ? Literal == name
        : Elements is [GlobRun]
        || GlobElement.AdvanceAll(Elements, name, PositionSet.Only(name.Length, 0)).Contains(name.Length);

    /// <summary>Where a path can be after this segment with its slash in front, from where it was.</summary>
    public PositionSet AdvancePath(string text, PositionSet from)
    {
        PositionSet to = new(text.Length);
        foreach (int start in from)
        {
            bool slash = start < text.Length && text[start] == '/';
            switch (Star)
            {
                case GlobStar.Directories:
                    to.Add(start);
                    for (int end = start + 1; slash && end < text.Length; end++)
                    {
                        if (text[end] == '/')
                        {
                            to.Add(end);
                        }
                    }

                    break;
                case GlobStar.Below when slash && start + 1 < text.Length:
                    to.Add(text.Length);
                    break;
                case GlobStar.None when slash:
                    to.Add(start + 1);
                    break;
            }
        }

        return Star == GlobStar.None ? GlobElement.AdvanceAll(Elements, text, to) : to;
    }
}

/// <summary>Whether a segment is a whole <c>**</c>.</summary>
internal enum GlobStar
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>It is, and others follow: any number of directories.</summary>
    Directories,

    /// <summary>It is the last: every entry below.</summary>
    Below,
}
