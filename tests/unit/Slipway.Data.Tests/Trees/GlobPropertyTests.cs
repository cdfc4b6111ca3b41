using FsCheck;
using FsCheck.Fluent;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

/// <summary>Globs beside a matcher that is slow and obvious: it tries every way that a pattern can take.</summary>
public sealed class GlobPropertyTests
{
    private static Gen<Piece> LeafPiece => Gen.OneOf(
        Gen.Elements("a", "b").Select(c => (Piece)new Text(c)),
        Gen.Elements<Piece>(new AnyOne(), new AnyRun(), new Set("a", false), new Set("a", true)));

    private static Gen<Piece[]> Segment(int depth) => Gen.Choose(1, 3).SelectMany(n => PieceOf(depth).ArrayOf(n))
        .Where(s => !s.Zip(s.Skip(1)).Any(p => p.First is AnyRun && p.Second is AnyRun));

    private static Gen<Piece[][]> Pattern => Gen.Choose(1, 3).SelectMany(n => Gen.Frequency(
        (5, Segment(2)),
        (1, Gen.Constant<Piece[]>([new Globstar()]))).ArrayOf(n));

    private static Gen<string> PathText => Gen.Choose(1, 4).SelectMany(n => Gen.Elements("a", "b", "ab", "aa", "ba", "abb").ArrayOf(n)).Select(p => "/" + string.Join('/', p));

    [Fact]
    public void Matches_what_the_obvious_matcher_matches()
    {
        int matched = 0;
        Config configuration = Config.QuickThrowOnFailure.WithMaxTest(3000);
        Prop.ForAll(Pattern.ToArbitrary(), PathText.ToArbitrary(), (pattern, path) =>
        {
            string text = string.Concat(pattern.Select(s => "/" + Render(s)));
            bool expected = MatchSegments(pattern, 0, path.Split('/')[1..], 0);
            matched += expected ? 1 : 0;
            Assert.True(expected == Glob.Parse(text).Matches(DataPath.Parse(path)), $"{text} on {path} should be {expected}");
        }).Check(configuration);
        Assert.InRange(matched, 100, 2900);
    }

    private static Gen<Piece> PieceOf(int depth) => depth == 0 ? LeafPiece : Gen.Frequency(
        (4, LeafPiece),
        (2, from repeat in Gen.Elements("@", "?", "*", "+", "!", "{")
            from alternatives in Gen.Choose(1, 3).SelectMany(n => Segment(depth - 1).ArrayOf(n))
            select (Piece)new Choice(repeat, alternatives)));

    private static bool MatchSegments(Piece[][] pattern, int at, string[] parts, int part)
    {
        if (at == pattern.Length)
        {
            return part == parts.Length;
        }

        if (pattern[at] is [Globstar])
        {
            return at == pattern.Length - 1
                ? part < parts.Length
                : Enumerable.Range(part, parts.Length - part + 1).Any(next => MatchSegments(pattern, at + 1, parts, next));
        }

        return part < parts.Length && Match(pattern[at], parts[part]) && MatchSegments(pattern, at + 1, parts, part + 1);
    }

    private static bool Match(Piece[] pieces, string text) => pieces.Length == 0
        ? text.Length == 0
        : Enumerable.Range(0, text.Length + 1).Any(n => MatchOne(pieces[0], text[..n]) && Match(pieces[1..], text[n..]));

    private static bool MatchOne(Piece piece, string text) => piece switch
    {
        Text literal => text == literal.Value,
        AnyOne => text.Length == 1,
        AnyRun => true,
        Set set => text.Length == 1 && set.Characters.Contains(text[0]) != set.Negated,
        Choice { Repeat: "!" } choice => !choice.Alternatives.Any(a => Match(a, text)),
        Choice { Repeat: "?" } choice => text.Length == 0 || choice.Alternatives.Any(a => Match(a, text)),
        Choice { Repeat: "@" or "{" } choice => choice.Alternatives.Any(a => Match(a, text)),
        Choice choice => MatchMany(choice, text),
        _ => false,
    };

    private static bool MatchMany(Choice choice, string text)
    {
        if (text.Length == 0)
        {
            return choice.Repeat == "*" || choice.Alternatives.Any(a => Match(a, ""));
        }

        return Enumerable.Range(1, text.Length).Any(n =>
            choice.Alternatives.Any(a => Match(a, text[..n])) && (n == text.Length || MatchMany(choice with { Repeat = "*" }, text[n..])));
    }

    private static string Render(Piece[] pieces) => string.Concat(pieces.Select(piece => piece switch
    {
        Text text => text.Value,
        AnyOne => "?",
        AnyRun => "*",
        Globstar => "**",
        Set set => set.Negated ? $"[!{set.Characters}]" : $"[{set.Characters}]",
        Choice { Repeat: "{" } choice => "{" + string.Join(',', choice.Alternatives.Select(Render)) + "}",
        Choice choice => choice.Repeat + "(" + string.Join('|', choice.Alternatives.Select(Render)) + ")",
        _ => throw new InvalidOperationException(),
    }));

    private abstract record Piece;

    private sealed record Text(string Value) : Piece;

    private sealed record AnyOne : Piece;

    private sealed record AnyRun : Piece;

    private sealed record Globstar : Piece;

    private sealed record Set(string Characters, bool Negated) : Piece;

    private sealed record Choice(string Repeat, Piece[][] Alternatives) : Piece;
}
