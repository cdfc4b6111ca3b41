using Slipway.Api;
using Slipway.EndToEnd.Support;
using static Slipway.EndToEnd.Support.PipelineText;

namespace Slipway.EndToEnd.Story;

/// <summary>What stands after something went wrong, and what a person is told.</summary>
public sealed class FailureTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Fact]
    public async Task Two_datums_that_write_one_path_fail_the_job_and_are_named()
    {
        await _slipway.RunAsync("repo", "create", "clash");
        await _slipway.PutAsync("clash@master:/one", "1");
        await _slipway.PutAsync("clash@master:/two", "2");
        await _slipway.CreatePipelineAsync(Script("collide", Repo("clash"), "echo > /pfs/out/same"));

        CommandOutput wait = await _slipway.WaitAsync("clash@master");

        Assert.NotEqual(0, wait.ExitCode);
        JobInfo job = await _slipway.LastJobAsync("collide");
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("/same", job.Error, StringComparison.Ordinal);
        Assert.Contains("/one", job.Error, StringComparison.Ordinal);
        Assert.Contains("/two", job.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_datum_wrote_vanishes_when_it_changes_or_disappears()
    {
        await _slipway.RunAsync("repo", "create", "names");
        await _slipway.PutAsync("names@master:/a", "first");
        await _slipway.PutAsync("names@master:/b", "other");
        await _slipway.CreatePipelineAsync(Script("named", Repo("names"), "echo > /pfs/out/$(cat $names)"));
        await _slipway.WaitAsync("names@master");
        Assert.Equal(["/first", "/other"], await _slipway.FilesAsync("named@master:/"));

        await _slipway.PutAsync("names@master:/a", "second");
        await _slipway.WaitAsync("names@master");
        Assert.Equal(["/other", "/second"], await _slipway.FilesAsync("named@master:/"));

        await _slipway.RunAsync("file", "rm", "names@master:/b");
        await _slipway.WaitAsync("names@master");
        Assert.Equal(["/second"], await _slipway.FilesAsync("named@master:/"));
    }

    [Fact]
    public async Task A_failed_job_leaves_a_readable_commit_that_nobody_builds_on()
    {
        await _slipway.RunAsync("repo", "create", "risky");
        await _slipway.PutAsync("risky@master:/good", "fine");
        await _slipway.CreatePipelineAsync(Script("check", Repo("risky"), "cp $risky /pfs/out/; [ \"$(cat $risky)\" = fine ]"));
        await _slipway.CreatePipelineAsync(Script("after", Repo("check"), "cp $check /pfs/out/"));
        Assert.Equal(0, (await _slipway.WaitAsync("risky@master")).ExitCode);

        await _slipway.PutAsync("risky@master:/bad", "broken");
        CommandOutput wait = await _slipway.WaitAsync("risky@master");

        Assert.NotEqual(0, wait.ExitCode);
        Assert.Equal(["/good"], await _slipway.FilesAsync("check@master:/"));
        IReadOnlyList<CommitInfo> commits = await _slipway.CommitsAsync("check");
        Assert.Equal([CommitState.Failed, CommitState.Finished], commits.Select(commit => commit.State));
        Assert.Contains("/good", await _slipway.FilesAsync($"check@{commits[0].GlobalId}:/"));
        CommitInfo downstream = (await _slipway.CommitsAsync("after"))[0];
        Assert.Equal((CommitState.Failed, commits[0].GlobalId), (downstream.State, downstream.GlobalId));
        Assert.Contains("check", downstream.Error, StringComparison.Ordinal);

        await _slipway.RunAsync("file", "rm", "risky@master:/bad");
        Assert.Equal(0, (await _slipway.WaitAsync("risky@master")).ExitCode);
        Assert.Equal(["/good"], await _slipway.FilesAsync("after@master:/"));
        Assert.Equal(commits[1].GlobalId, (await _slipway.CommitsAsync("check"))[0].Parent);
    }

    [Fact]
    public async Task A_diamond_runs_its_sink_once_under_one_global_id()
    {
        await _slipway.RunAsync("repo", "create", "source");
        await _slipway.PutAsync("source@master:/x", "0");
        await _slipway.CreatePipelineAsync(Script("left", Repo("source"), "echo left $(cat $source) > /pfs/out/l"));
        await _slipway.CreatePipelineAsync(Script("right", Repo("source"), "echo right $(cat $source) > /pfs/out/r"));
        await _slipway.CreatePipelineAsync(Script("sink", Cross(Repo("left", "/"), Repo("right", "/")), "cat /pfs/left/l /pfs/right/r > /pfs/out/both"));
        await _slipway.WaitAsync("source@master");
        int before = (await _slipway.JobsAsync("sink")).Count;

        await _slipway.PutAsync("source@master:/x", "1");
        await _slipway.WaitAsync("source@master");

        IReadOnlyList<JobInfo> jobs = await _slipway.JobsAsync("sink");
        Assert.Equal(before + 1, jobs.Count);
        Assert.Equal("left 1\nright 1\n", await _slipway.CatAsync("sink@master:/both"));
        Assert.Equal((await _slipway.CommitsAsync("source"))[0].GlobalId, jobs[0].GlobalId);
        Assert.Equal(jobs[0].GlobalId, (await _slipway.LastJobAsync("left")).GlobalId);
    }

    [Fact]
    public async Task An_unknown_field_is_refused_with_its_line_and_the_nearest_known_one()
    {
        await _slipway.RunAsync("repo", "create", "spelt");
        string file = _slipway.Write("wrong.json", """
            {
              "pipeline": { "name": "wrong" },
              "transfrom": { "image": "busybox", "cmd": ["true"] },
              "input": { "pfs": { "repo": "spelt", "glob": "/*" } }
            }
            """);

        CommandOutput refused = await _slipway.TryAsync("pipeline", "create", "-f", file);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("wrong.json:3", refused.Stderr, StringComparison.Ordinal);
        Assert.Contains("transform", refused.Stderr, StringComparison.Ordinal);
    }
}
