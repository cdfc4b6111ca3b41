using Slipway.Content;
using Slipway.Data.Commits;

namespace Slipway.Data.Tests.Commits;

public sealed class CommitReferenceTests
{
    [Theory]
    [InlineData("training", "training", "master", 0, null)]
    [InlineData("training:/iris.csv", "training", "master", 0, "/iris.csv")]
    [InlineData("p/r@dev:/a:b@c", "p/r", "dev", 0, "/a:b@c")]
    [InlineData("r@master^", "r", "master", 1, null)]
    [InlineData("r@master^^~3^:/", "r", "master", 6, "/")]
    [InlineData("r@1f2e~", "r", "1f2e", 1, null)]
    [InlineData("r@x~0", "r", "x", 0, null)]
    public void Reads_a_reference(string text, string repo, string name, int steps, string? path)
    {
        CommitReference reference = CommitReference.Parse(text);
        Assert.Equal((repo, name, steps, path), (reference.Repo.ToString(), reference.Base, reference.Steps, reference.Path?.ToString()));
        Assert.Equal(reference, CommitReference.Parse(reference.ToString()));
    }

    [Theory]
    [InlineData("", "repo")]
    [InlineData("r@", "revision")]
    [InlineData("r@^", "revision")]
    [InlineData("r@master^2", "'^'")]
    [InlineData("r@master~x", "'~'")]
    [InlineData("r@master~9999999", "6 digits")]
    [InlineData("r@a b", "' '")]
    [InlineData("r@master:iris.csv", "does not begin with '/'")]
    public void Refuses_what_is_none_and_says_why(string text, string why)
    {
        SlipwayException error = Assert.Throws<SlipwayException>(() => CommitReference.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(CommitReference.TryParse(text, out _));
    }
}
