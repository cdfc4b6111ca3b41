using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Story;

/// <summary>Copies, moves and removals of files, each as one commit.</summary>
public sealed class FileEditTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Fact]
    public async Task Files_folders_and_patterns_are_copied_between_repos_and_commits()
    {
        await FillAsync("from");
        await _slipway.RunAsync("repo", "create", "to");
        await _slipway.RunAsync("cp", "from@master:/", "to@master:/all");
        await _slipway.RunAsync("cp", "from@master:/*.txt", "to@master:/texts/");
        await _slipway.RunAsync("cp", "from@master:/1.txt", "to@master:/one");
        Assert.Equal(["/all/1.txt", "/all/2.txt", "/all/d/3", "/one", "/texts/1.txt", "/texts/2.txt"], await _slipway.FilesAsync("to@master:/"));
        Assert.Equal("from 3", await _slipway.CatAsync("to@master:/all/d/3"));

        await _slipway.PutAsync("from@master:/1.txt", "changed");
        await _slipway.RunAsync("cp", "from@master~1:/1.txt", "from@master:/1.txt");
        Assert.Equal("from 1", await _slipway.CatAsync("from@master:/1.txt"));
        CommandOutput missing = await _slipway.TryAsync("cp", "from@master:/nothing", "to@master:/");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("from@master:/nothing", missing.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moves_are_one_commit_also_below_the_folders_own_name()
    {
        await FillAsync("moved");
        int before = (await _slipway.CommitsAsync("moved")).Count;
        await _slipway.RunAsync("mv", "moved@master:/d", "moved@master:/d/below");
        await _slipway.RunAsync("mv", "moved@master:/1.txt", "moved@master:/2.txt", "moved@master:/texts/");
        Assert.Equal(["/d/below/3", "/texts/1.txt", "/texts/2.txt"], await _slipway.FilesAsync("moved@master:/"));
        await _slipway.RunAsync("mv", "moved@master:/texts", "moved@master:/texts");
        Assert.Equal(before + 3, (await _slipway.CommitsAsync("moved")).Count);
        CommandOutput across = await _slipway.TryAsync("mv", "moved@master:/d", "other@master:/");
        Assert.Contains("slipway cp", across.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removals_by_pattern_are_one_commit_and_a_missing_path_is_an_error()
    {
        await FillAsync("gone");
        int before = (await _slipway.CommitsAsync("gone")).Count;
        await _slipway.RunAsync("rm", "gone@master:/*.txt");
        Assert.Equal(["/d/3"], await _slipway.FilesAsync("gone@master:/"));
        Assert.Equal(before + 1, (await _slipway.CommitsAsync("gone")).Count);
        Assert.NotEqual(0, (await _slipway.TryAsync("file", "rm", "gone@master:/1.txt")).ExitCode);
        Assert.Equal("from 1", await _slipway.CatAsync("gone@master~1:/1.txt"));
    }

    [Fact]
    public async Task Ranges_of_bytes_and_pages_of_folders_are_what_was_asked_for()
    {
        await _slipway.RunAsync("repo", "create", "pages");
        await _slipway.PutAsync("pages@master:/f", "0123456789");
        await _slipway.RunAsync("commit", "tag", "pages@master", "v1");
        foreach (string name in new[] { "a", "b", "c" })
        {
            await _slipway.PutAsync($"pages@master:/d/{name}", name);
        }

        Assert.Equal("234", await _slipway.RunAsync("cat", "pages@master:/f", "--bytes", "2-4"));
        Assert.Equal("89", await _slipway.RunAsync("cat", "pages@master:/f", "--bytes", "-2"));
        Assert.Equal("789", await _slipway.RunAsync("cat", "pages@master:/f", "-c", "7-"));
        Assert.Equal(2, (await _slipway.TryAsync("cat", "pages@master:/f", "--bytes", "4-2")).ExitCode);
        Assert.Equal("/d/b\n", await _slipway.RunAsync("ls", "-q", "pages:/d", "--after", "a", "--limit", "1"));
        Assert.Equal("/f\n", await _slipway.RunAsync("ls", "-q", "pages", "--at", "v1"));
    }

    [Fact]
    public async Task Appends_of_several_writers_in_one_commit_all_count()
    {
        await _slipway.RunAsync("repo", "create", "log");
        await _slipway.PutAsync("log@master:/day", "first\n");
        string open = (await _slipway.RunAsync("commit", "start", "log@master")).Split(['@', ' ', '\n'])[1];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _slipway.FeedAsync($"line {i}\n", "put", $"log@{open}:/day", "-f", "-", "--append")));
        await _slipway.RunAsync("commit", "finish", $"log@{open}");
        string[] lines = (await _slipway.CatAsync("log@master:/day")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("first", lines[0]);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"line {i}"), lines[1..].Order(StringComparer.Ordinal));
    }

    private async Task FillAsync(string repo)
    {
        await _slipway.RunAsync("repo", "create", repo);
        await _slipway.PutAsync($"{repo}@master:/1.txt", "from 1");
        await _slipway.PutAsync($"{repo}@master:/2.txt", "from 2");
        await _slipway.PutAsync($"{repo}@master:/d/3", "from 3");
    }
}
