using System.Globalization;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Data;

/// <summary>What became of a path: found over the commits, through merges, and drawn.</summary>
public sealed class PathHistoryTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Fact]
    public async Task Commits_that_touched_a_path_are_found_through_a_merge_and_no_others()
    {
        await _slipway.RunAsync("repo", "create", "found");
        await _slipway.PutAsync("found@master:/d/a.txt", "1");
        await _slipway.RunAsync("branch", "create", "found@try", "--from", "master");
        await _slipway.PutAsync("found@try:/d/a.txt", "22");
        await _slipway.PutAsync("found@master:/other", "x");
        await _slipway.RunAsync("merge", "found@try", "--into", "master");
        await _slipway.RunAsync("file", "rm", "found@master:/d/a.txt");
        (string? Before, string? After)[] sizes = [("2", null), ("1", "2"), (null, "1")];
        foreach (string path in (string[])["/d/a.txt", "/d/*.txt"])
        {
            IReadOnlyList<FileTouch> touches = await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileTouch, "find", $"found@master:{path}");
            Assert.Equal(sizes, touches.Select(touch => (touch.Change.Before?.Size.ToString(CultureInfo.InvariantCulture), touch.Change.After?.Size.ToString(CultureInfo.InvariantCulture))));
            Assert.Equal(["master", "try", "master"], touches.Select(touch => touch.Commit.Branch));
        }

        IReadOnlyList<CommitInfo> other = await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListCommitInfo, "log", "found@master:/other");
        Assert.Single(other);
        Assert.Empty(await _slipway.JsonAsync(ApiJson.Default.IReadOnlyListFileTouch, "find", "found@master:/never"));
        Assert.Equal(2, (await _slipway.TryAsync("find", "found")).ExitCode);
        string drawn = await _slipway.RunAsync("log", "found@master", "--graph");
        Assert.Equal(5, drawn.Count(mark => mark == '●'));
        Assert.Contains("├─╮", drawn, StringComparison.Ordinal);
        Assert.Contains("├─╯", drawn, StringComparison.Ordinal);
    }
}
