using System.Collections.Immutable;
using Slipway.Data.Commits;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Tests.Scheduling;

/// <summary>Jobs that do not run to their end: killed, out of time, or left by a server that stopped.</summary>
public sealed class StoppedJobTests : IAsyncLifetime
{
    private readonly World _world = new();

    public async Task InitializeAsync()
    {
        await _world.RepoAsync("data");
        _world.Scheduler.Start();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_killed_job_ends_as_killed_and_the_next_job_of_the_pipeline_runs()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Executor.Script = async (run, token) =>
        {
            if (run.Inputs[0].Path.Name == "slow")
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            return null;
        };
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PipelineAsync("down", World.Pfs("up"));
        GlobalId first = await _world.PutAsync("data", ("/slow", "1"));
        await begun.Task.WaitAsync(_world.Patience);
        await _world.PutAsync("data", ("/slow", null), ("/fast", "2"));

        Job killed = await _world.Scheduler.KillAsync(new JobId(PipelineName.Parse("up"), first), _world.Patience);
        await _world.IdleAsync();

        Assert.Equal(JobState.Killed, killed.State);
        Assert.Equal("/fast=down(up(2))", (await _world.HeadAsync("down"))!.Replace("up_", "", StringComparison.Ordinal));
        Job? passedOver = await _world.Jobs.FindAsync(new JobId(PipelineName.Parse("down"), first), _world.Patience);
        Assert.Equal(JobState.Unrunnable, passedOver!.State);
        Assert.Contains("was killed", passedOver.Error, StringComparison.Ordinal);
        Assert.Equal(JobState.Killed, (await _world.Scheduler.KillAsync(killed.Id, _world.Patience)).State);
    }

    [Fact]
    public async Task A_job_that_takes_longer_than_its_timeout_fails_and_says_so()
    {
        _world.Executor.Script = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        };
        await _world.PipelineAsync("up", World.Pfs("data"), """ "job_timeout": "20ms" """);
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();

        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Failed, "took longer than job_timeout, 20ms"), (job.State, job.Error));
    }

    [Fact]
    public async Task A_stopped_server_leaves_its_job_open_and_the_next_runs_only_what_was_not_finished()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Executor.Script = async (run, token) =>
        {
            if (run.Inputs[0].Path.Name == "5")
            {
                waiting.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            return null;
        };
        await _world.PipelineAsync("up", World.Pfs("data"));
        GlobalId id = await _world.PutAsync("data", [.. Enumerable.Range(0, 10).Select(i => ($"/{i}", (string?)$"{i}"))]);
        await waiting.Task.WaitAsync(_world.Patience);
        ImmutableArray<DatumRun> before = _world.Executor.Runs;

        await _world.RestartAsync();
        Assert.False((await _world.LastJobAsync("up")).IsOver);
        _world.Scheduler.Start();
        await _world.Scheduler.WaitAsync(id, _world.Patience);

        Assert.Equal(["0", "1", "2", "3", "4", "5"], before.Select(run => run.Inputs[0].Path.Name));
        Assert.Equal(["5", "6", "7", "8", "9"], _world.Executor.Runs.Select(run => run.Inputs[0].Path.Name));
        Assert.Equal(1, _world.Executor.Cleanings);
        Assert.Equal(new JobCounts(10, Processed: 10), (await _world.LastJobAsync("up")).Counts);
    }
}
