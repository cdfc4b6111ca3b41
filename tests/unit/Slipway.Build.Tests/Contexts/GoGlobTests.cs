using FsCheck;
using FsCheck.Fluent;

namespace Slipway.Build.Contexts;

/// <summary>Go's <c>filepath.Match</c>, by its documented grammar.</summary>
public sealed class GoGlobTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("*", "", true)]
    [InlineData("*", "abc", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a*", "abc", true)]
    [InlineData("a*b*c*d*e*", "axbxcxdxe", true)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzx", true)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzy", false)]
    [InlineData("ab[c]", "abc", true)]
    [InlineData("ab[b-d]", "abc", true)]
    [InlineData("ab[e-g]", "abc", false)]
    [InlineData("ab[^c]", "abc", false)]
    [InlineData("ab[^e-g]", "abc", true)]
    [InlineData("a\\*b", "a*b", true)]
    [InlineData("a\\*b", "ab", false)]
    [InlineData("a?b", "a☺b", true)]
    [InlineData("[a-ζ]*", "α", true)]
    [InlineData("[\\]a]", "]", true)]
    [InlineData("[\\-]", "-", true)]
    [InlineData("[x\\-]", "z", false)]
    [InlineData("?", "ab", false)]
    [InlineData("*.csv", "iris.csv", true)]
    public void A_name_matches_or_not(string pattern, string name, bool expected)
    {
        Assert.Equal(expected, GoGlob.Matches(pattern, name, out bool fault));
        Assert.False(fault);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[^")]
    [InlineData("[]a]")]
    [InlineData("[-]")]
    [InlineData("[x-]")]
    [InlineData("[-x]")]
    [InlineData("[a-b-c]")]
    [InlineData("a[")]
    [InlineData("a\\")]
    public void A_malformed_pattern_is_a_fault(string pattern)
    {
        Assert.False(GoGlob.Matches(pattern, "a", out bool fault));
        Assert.True(fault);
    }

    [Fact]
    public void No_pattern_throws() => Prop.ForAll(
        Arb.From(Gen.ArrayOf(Gen.Elements('[', ']', '^', '-', '\\', '*', '?', 'a', 'b')).Select(letters => new string(letters))),
        Arb.From(Gen.ArrayOf(Gen.Elements('[', ']', '-', 'a', 'b', '\\')).Select(letters => new string(letters))),
        (pattern, name) => Record.Exception(() => GoGlob.Matches(pattern, name, out _)) is null).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
}
