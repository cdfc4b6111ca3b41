using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Data;

/// <summary>Branches, merges, transactions and triggers, as a person meets them; with pipelines behind them.</summary>
public sealed class HistoryTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Fact]
    public async Task A_branch_is_merged_and_a_conflict_changes_nothing()
    {
        await _slipway.RunAsync("repo", "create", "merged");
        await _slipway.PutAsync("merged@master:/a", "1");
        await _slipway.RunAsync("branch", "create", "merged@try", "--from", "master");
        await _slipway.PutAsync("merged@try:/b", "2");
        await _slipway.PutAsync("merged@master:/c", "3");
        await _slipway.RunAsync("merge", "merged@try", "--into", "master");
        Assert.Equal(["/a", "/b", "/c"], await _slipway.FilesAsync("merged@master"));
        await _slipway.PutAsync("merged@try:/a", "theirs");
        await _slipway.PutAsync("merged@master:/a", "ours");
        CommandOutput conflict = await _slipway.TryAsync("merge", "merged@try");
        Assert.Equal(1, conflict.ExitCode);
        Assert.Contains("/a", conflict.Stdout, StringComparison.Ordinal);
        Assert.Equal("ours", await _slipway.CatAsync("merged@master:/a"));
        await _slipway.RunAsync("merge", "merged@try", "--theirs");
        Assert.Equal("theirs", await _slipway.CatAsync("merged@master:/a"));
        await _slipway.RunAsync("revert", "merged@master");
        Assert.Equal("ours", await _slipway.CatAsync("merged@master:/a"));
        Assert.Equal("1", await _slipway.CatAsync("merged@master.1:/a"));
    }

    [Fact]
    public async Task A_pipeline_follows_a_branch_back_without_running_and_forward_by_a_trigger()
    {
        await _slipway.RunAsync("repo", "create", "raw");
        await _slipway.CreatePipelineAsync(Script("copy", Repo("raw"), "cp /pfs/raw/* /pfs/out/"));
        await _slipway.PutAsync("raw@master:/x", "old");
        await _slipway.WaitAsync("raw@master");
        await _slipway.RunAsync("branch", "create", "copy@good", "--trigger", "master", "--commits", "2");
        await _slipway.PutAsync("raw@master:/x", "new");
        await _slipway.WaitAsync("raw@master");
        Assert.Equal("new", await _slipway.CatAsync("copy@good:/x"));
        await _slipway.RunAsync("branch", "move", "raw@master", "master~1");
        await _slipway.WaitAsync("raw@master");
        Assert.Equal("old", await _slipway.CatAsync("copy@master:/x"));
        JobInfo job = await _slipway.LastJobAsync("copy");
        Assert.Equal((1, 0), (job.Counts.Skipped, job.Counts.Processed));
        CommandOutput used = await _slipway.TryAsync("branch", "rm", "raw@master");
        Assert.Contains("copy reads it", used.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_over_two_repos_runs_the_pipeline_that_reads_both_once_and_survives_a_kill()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync();
        await slipway.RunAsync("repo", "create", "left");
        await slipway.RunAsync("repo", "create", "right");
        await slipway.CreatePipelineAsync(Script("both", Cross(Repo("left"), Repo("right")), "cat /pfs/left/* /pfs/right/* > /pfs/out/both"));
        string id = (await slipway.RunAsync("transaction", "begin")).Trim();
        string left = (await slipway.RunAsync("commit", "start", "left@master", "--transaction", id)).Trim();
        string right = (await slipway.RunAsync("commit", "start", "right@master", "--transaction", id)).Trim();
        await slipway.PutAsync($"{left}:/l", "L");
        await slipway.PutAsync($"{right}:/r", "R");
        await slipway.KillServerAsync();
        Assert.NotEqual(0, (await slipway.TryAsync("cat", "left@master:/l")).ExitCode);
        await slipway.RunAsync("transaction", "finish", id, "--wait");
        Assert.Equal("LR", await slipway.CatAsync("both@master:/both"));
        JobInfo job = Assert.Single(await slipway.JobsAsync("both"));
        Assert.Contains(id, job.Id, StringComparison.Ordinal);
        Assert.NotEqual(0, (await slipway.TryAsync("transaction", "finish", id)).ExitCode);
    }

    [Fact]
    public async Task What_depends_on_a_commit_is_named_before_it_is_dropped()
    {
        await _slipway.RunAsync("repo", "create", "kept");
        await _slipway.CreatePipelineAsync(Script("reader", Repo("kept"), "cp /pfs/kept/* /pfs/out/"));
        await _slipway.PutAsync("kept@master:/x", "1");
        await _slipway.RunAsync("commit", "tag", "kept@master", "paper");
        await _slipway.WaitAsync("kept@master");
        CommandOutput refused = await _slipway.TryAsync("commit", "drop", "kept@master~0");
        Assert.Contains("tag kept@paper", refused.Stderr, StringComparison.Ordinal);
        Assert.Contains("reader@", refused.Stderr, StringComparison.Ordinal);
        await _slipway.RunAsync("commit", "drop", "kept@master~0", "--with-dependents");
        Assert.Equal("", await _slipway.RunAsync("commit", "tags", "kept", "-q"));
        Assert.NotEqual(0, (await _slipway.TryAsync("ls", "reader@master")).ExitCode);
        CommandOutput named = await _slipway.TryAsync("repo", "rename", "kept", "other");
        Assert.Contains("reader", named.Stderr, StringComparison.Ordinal);
    }
}
