namespace Slipway.Data.Trees;

/// <summary>How often a group's alternatives are matched.</summary>
internal enum GlobRepeat
{
    /// <summary><c>{}</c> and <c>@()</c>.</summary>
    Once,

    /// <summary><c>?()</c>.</summary>
    Optional,

    /// <summary><c>*()</c>.</summary>
    Any,

    /// <summary><c>+()</c>.</summary>
    Several,

    /// <summary><c>!()</c>.</summary>
    Not,
}

/// <summary>Alternatives, each a sequence of elements.</summary>
internal sealed record GlobGroup(GlobRepeat Repeat, IReadOnlyList<IReadOnlyList<GlobElement>> Alternatives) : GlobElement
{
    public override bool Crosses => Repeat != GlobRepeat.Not && Alternatives.Any(a => a.Any(e => e.Crosses));

    public override PositionSet Advance(string text, PositionSet from)
    {
        if (Repeat == GlobRepeat.Not)
        {
            return AdvanceOther(text, from);
        }

        PositionSet to = AdvanceOnce(text, from);
        if (Repeat is GlobRepeat.Optional or GlobRepeat.Any)
        {
            to.AddAll(from);
        }

        return Repeat is GlobRepeat.Any or GlobRepeat.Several ? AdvanceAgain(text, to) : to;
    }

    private PositionSet AdvanceOnce(string text, PositionSet from)
    {
        PositionSet to = new(text.Length);
        foreach (IReadOnlyList<GlobElement> alternative in Alternatives)
        {
            to.AddAll(AdvanceAll(alternative, text, from));
        }

        return to;
    }

    /// <summary>Adds what further rounds come to, until one comes to nothing new.</summary>
    private PositionSet AdvanceAgain(string text, PositionSet reached)
    {
        PositionSet newest = reached;
        while (!newest.IsEmpty)
        {
            PositionSet added = new(text.Length);
            foreach (int position in AdvanceOnce(text, newest))
            {
                if (!reached.Contains(position))
                {
                    added.Add(position);
                }
            }

            reached.AddAll(added);
            newest = added;
        }

        return reached;
    }

    /// <summary>From each start: every end up to the next slash to which the alternatives do not come.</summary>
    private PositionSet AdvanceOther(string text, PositionSet from)
    {
        PositionSet to = new(text.Length);
        foreach (int start in from)
        {
            PositionSet excluded = AdvanceOnce(text, PositionSet.Only(text.Length, start));
            for (int end = start; end <= text.Length; end++)
            {
                if (!excluded.Contains(end))
                {
                    to.Add(end);
                }

                if (end < text.Length && text[end] == '/')
                {
                    break;
                }
            }
        }

        return to;
    }
}
