namespace Slipway.Build.Running;

/// <summary>Which sources of ADD are repositories.</summary>
public sealed class GitSourceTests
{
    [Theory]
    [InlineData("https://host/a/b.git", "https://host/a/b.git", null, "")]
    [InlineData("https://host/a.git#v1:sub/dir", "https://host/a.git", "v1", "sub/dir")]
    [InlineData("https://host/a.git?ref=v2&subdir=x", "https://host/a.git", "v2", "x")]
    [InlineData("git@host:a/b#main", "git@host:a/b", "main", "")]
    [InlineData("ssh://host/a", "ssh://host/a", null, "")]
    [InlineData("git://host/a#:sub", "git://host/a", null, "sub")]
    public void An_address_is_taken_apart(string text, string url, string? reference, string folder) => Assert.Equal(new GitSource(url, reference, folder), GitSource.TryParse(text));

    [Theory]
    [InlineData("https://host/a.tar.gz")]
    [InlineData("a.git")]
    [InlineData("github.com/a/b")]
    public void Other_sources_are_none(string text) => Assert.Null(GitSource.TryParse(text));
}
