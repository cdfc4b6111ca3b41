using System.Text.Json;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Tests.Repos;

public sealed class NameTests
{
    [Theory]
    [InlineData("training", null, "training")]
    [InlineData("iris/pre-process_2.0", "iris", "pre-process_2.0")]
    public void Reads_a_repo(string text, string? project, string name)
    {
        RepoName repo = RepoName.Parse(text);
        Assert.Equal((project, name, text), (repo.Project, repo.Name, repo.ToString()));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a/b/c", "more than one '/'")]
    [InlineData("/a", "empty part")]
    [InlineData("a/", "empty part")]
    [InlineData("a b", "' '")]
    [InlineData("a@b", "'@'")]
    [InlineData("..", "'..'")]
    [InlineData("é", "'é'")]
    public void Refuses_what_is_no_repo_and_says_why(string text, string why)
    {
        SlipwayException error = Assert.Throws<SlipwayException>(() => RepoName.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(RepoName.TryParse(text, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a^")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public void Refuses_what_is_no_branch(string text)
    {
        Assert.Throws<SlipwayException>(() => BranchName.Parse(text));
        Assert.False(BranchName.TryParse(text, out _));
    }

    [Fact]
    public void Names_stand_in_json_as_text_and_as_keys()
    {
        GlobalId id = GlobalId.New(TimeProvider.System);
        Dictionary<RepoName, GlobalId> map = new() { [RepoName.Parse("a/b")] = id };
        string json = JsonSerializer.Serialize(map, TestJson.Default.DictionaryRepoNameGlobalId);
        Assert.Equal($$"""{"a/b":"{{id}}"}""", json);
        Assert.Equal(map, JsonSerializer.Deserialize(json, TestJson.Default.DictionaryRepoNameGlobalId));
    }
}
