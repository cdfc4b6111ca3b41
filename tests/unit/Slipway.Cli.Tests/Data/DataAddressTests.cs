using Slipway.Cli.Data;

namespace Slipway.Cli.Tests.Data;

public sealed class DataAddressTests
{
    [Theory]
    [InlineData("training", "training", "master", null)]
    [InlineData("training@dev", "training", "dev", null)]
    [InlineData("p/training@dev~2:/a/b", "p/training", "dev~2", "/a/b")]
    [InlineData("training:/a", "training", "master", "/a")]
    [InlineData("training@master:a", "training", "master", "/a")]
    [InlineData("training@master:/", "training", "master", "/")]
    [InlineData("training@master:/a:b@c", "training", "master", "/a:b@c")]
    [InlineData("training:/x@y", "training", "master", "/x@y")]
    public void Repo_revision_and_path(string text, string repo, string revision, string? path) =>
        Assert.Equal(new DataAddress(repo, revision, path), DataAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("@master")]
    [InlineData("training@")]
    [InlineData("training@:/x")]
    [InlineData("/iris.csv")]
    public void Something_without_repo_or_branch_is_refused(string text) => Assert.True(Assert.Throws<CliException>(() => DataAddress.Parse(text)).Usage);

    [Fact]
    public void Names_come_from_the_path_or_the_repo()
    {
        Assert.Equal("b", DataAddress.Parse("r@m:/a/b/").Name);
        Assert.Equal("r", DataAddress.Parse("p/r@m:/").Name);
        Assert.Equal("r@m:/a/c", DataAddress.Parse("r@m:/a/").Below("c").ToFile());
        Assert.Equal("r@m:/", DataAddress.Parse("r@m").ToFile());
    }
}
