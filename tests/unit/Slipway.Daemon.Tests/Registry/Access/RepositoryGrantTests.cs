using Slipway.Content;
using Slipway.Daemon.Registry.Access;
using Slipway.Images;

namespace Slipway.Daemon.Tests.Registry.Access;

public sealed class RepositoryGrantTests
{
    [Theory]
    [InlineData("team/*=pull", "team/app", true)]
    [InlineData("team/*=pull", "team/app/of/it", true)]
    [InlineData("team/*=pull", "team", false)]
    [InlineData("team/*=pull", "teams/app", false)]
    [InlineData("team/*=pull", "other/team/app", false)]
    [InlineData("*=pull", "anything/at/all", true)]
    [InlineData("*/app=pull", "team/app", true)]
    [InlineData("demo=pull", "demo", true)]
    [InlineData("demo=pull", "library/demo", true)]
    [InlineData("library/demo=pull", "demo", true)]
    [InlineData("demo=pull", "demo2", false)]
    [InlineData("ghcr.io/org/*=pull", "ghcr.io/org/app", true)]
    [InlineData("a.c=pull", "abc", false)]
    public void A_pattern_covers_the_repositories_it_says(string text, string repository, bool covers)
    {
        Assert.True(RepositoryName.TryParse(repository, out RepositoryName? name));
        Assert.Equal(covers, RepositoryGrant.Parse(text).Covers(name));
    }

    [Theory]
    [InlineData("a=pull", "a=pull")]
    [InlineData("a=push", "a=pull,push")]
    [InlineData("a=delete,push", "a=pull,push,delete")]
    [InlineData("a=delete", "a=delete")]
    [InlineData("a=*", "a=pull,push,delete")]
    public void Rights_are_written_in_one_way_and_a_push_may_look(string text, string written) => Assert.Equal(written, RepositoryGrant.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a=")]
    [InlineData("=pull")]
    [InlineData("a=pull,")]
    [InlineData("a=read")]
    [InlineData("A=pull")]
    [InlineData("a b=pull")]
    [InlineData("a?=pull")]
    [InlineData("a\\*=pull")]
    [InlineData("a=pull=push")]
    public void What_is_none_is_refused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => RepositoryGrant.Parse(text)).Kind);
}
