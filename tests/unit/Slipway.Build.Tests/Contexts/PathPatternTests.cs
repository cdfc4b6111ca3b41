using Slipway.Content;

namespace Slipway.Build.Contexts;

/// <summary>Patterns over paths, with the last one that matches deciding.</summary>
public sealed class PathPatternTests
{
    [Theory]
    [InlineData("*.txt", "a.txt", true)]
    [InlineData("*.txt", "d/a.txt", false)]
    [InlineData("**/*.txt", "a.txt", true)]
    [InlineData("**/*.txt", "d/e/a.txt", true)]
    [InlineData("d", "d/e/f", true)]
    [InlineData("/d/", "d/e", true)]
    [InlineData("d/**", "d/e/f", true)]
    [InlineData("d/**/f", "d/f", true)]
    [InlineData("d/?", "d/ab", false)]
    [InlineData("[a-c]", "b", true)]
    [InlineData("[^a-c]", "b", false)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    [InlineData("a.b", "axb", false)]
    [InlineData("* !b", "b", false)]
    [InlineData("* !d/b", "d/b", false)]
    [InlineData("* !d/b", "d/c", true)]
    [InlineData("* !b b", "b", true)]
    public void The_last_match_decides(string patterns, string path, bool excluded) =>
        Assert.Equal(excluded, PathPattern.Excludes([.. patterns.Split(' ').Select(PathPattern.Parse)], path));

    [Fact]
    public void A_bracket_without_end_is_a_fault() =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => PathPattern.Parse("a[b")).Kind);
}
