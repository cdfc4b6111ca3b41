namespace Slipway.Data.Trees;

/// <summary>One element of a glob's segment.</summary>
internal abstract record GlobElement
{
    /// <summary>True where it can match a <c>/</c>.</summary>
    public abstract bool Crosses { get; }

    /// <summary>The positions to which this element can come from any of <paramref name="from"/>.</summary>
    public abstract PositionSet Advance(string text, PositionSet from);

    public static PositionSet AdvanceAll(IReadOnlyList<GlobElement> elements, string text, PositionSet from)
    {
        foreach (GlobElement element in elements)
        {
            if (from.IsEmpty)
            {
                break;
            }

            from = element.Advance(text, from);
        }

        return from;
    }

    /// <summary>The index after the character, one or two UTF-16 units, at <paramref name="index"/>.</summary>
    protected static int After(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? index + 2 : index + 1;
}

/// <summary>Characters that stand for themselves.</summary>
internal sealed record GlobLiteral(string Text) : GlobElement
{
    public override bool Crosses => Text.Contains('/');

    public override PositionSet Advance(string text, PositionSet from)
    {
        PositionSet to = new(text.Length);
        foreach (int start in from)
        {
            if (string.CompareOrdinal(text, start, Text, 0, Text.Length) == 0)
            {
                to.Add(start + Text.Length);
            }
        }

        return to;
    }
}

/// <summary><c>*</c>, and <c>**</c> within a segment.</summary>
internal sealed record GlobRun(bool Super) : GlobElement
{
    public override bool Crosses => Super;

    public override PositionSet Advance(string text, PositionSet from)
    {
        PositionSet to = new(text.Length);
        foreach (int start in from)
        {
            for (int end = start; to.Add(end) && end < text.Length && (Super || text[end] != '/'); end++)
            {
            }
        }

        return to;
    }
}

/// <summary>One character of a set (<c>[a-z]</c>), one that is not (<c>[!a-z]</c>), or any (<c>?</c>: not one of none); never <c>/</c>.</summary>
internal sealed record GlobCharacter(IReadOnlyList<(int From, int To)> Ranges, bool Negated) : GlobElement
{
    public override bool Crosses => false;

    public override PositionSet Advance(string text, PositionSet from)
    {
        PositionSet to = new(text.Length);
        foreach (int start in from)
        {
            if (start < text.Length && text[start] != '/')
            {
                int end = After(text, start);
                int character = end == start + 2 ? char.ConvertToUtf32(text, start) : text[start];
                if (Ranges.Any(r => character >= r.From && character <= r.To) != Negated)
                {
                    to.Add(end);
                }
            }
        }

        return to;
    }
}
