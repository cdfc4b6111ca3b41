using System.Text;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Tests.Definitions;

public sealed class PipelineStoreTests : IAsyncLifetime
{
    private readonly World _world = new();

    public async Task InitializeAsync()
    {
        await _world.RepoAsync("data");
        _world.Scheduler.Start();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_pipeline_over_data_that_is_there_runs_at_once_and_without_data_waits_for_it()
    {
        PipelineChange empty = await _world.PipelineAsync("early", World.Pfs("data"));
        Assert.Equal((PipelineChangeKind.Created, null), (empty.Kind, empty.Job));

        await _world.PutAsync("data", ("/a", "1"));
        PipelineChange change = await _world.PipelineAsync("late", World.Pfs("data"));
        await _world.IdleAsync();

        Assert.Equal("/a=late(1)", await _world.HeadAsync("late"));
        Assert.Equal("pipeline created", (await _world.Jobs.GetAsync(change.Job!.Value, _world.Patience)).Cause);
    }

    [Fact]
    public async Task The_same_spec_and_image_change_nothing_and_another_image_makes_a_version_and_a_job()
    {
        await _world.PutAsync("data", ("/a", "1"));
        PipelineChange first = await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.IdleAsync();

        PipelineChange same = await _world.PipelineAsync("up", World.Pfs("data"), update: true);
        Assert.Equal((PipelineChangeKind.Unchanged, 1, null), (same.Kind, same.Pipeline.Version, same.Job));
        Assert.Single(await _world.Jobs.ListAsync(null, _world.Patience));

        _world.Images["image"] = World.Image("image", "another git commit");
        PipelineChange rebuilt = await _world.PipelineAsync("up", World.Pfs("data"), update: true);
        Assert.Equal((PipelineChangeKind.Unchanged, null), (rebuilt.Kind, rebuilt.Job));

        _world.Images["image"] = World.Image("newer image");
        Assert.Equal(PipelineChangeKind.Updated, await _world.Pipelines.PreviewAsync(World.Spec("up", World.Pfs("data")), World.Image("newer image"), _world.Patience));
        PipelineChange newer = await _world.PipelineAsync("up", World.Pfs("data"), update: true);
        await _world.IdleAsync();

        Assert.Equal((PipelineChangeKind.Updated, 2), (newer.Kind, newer.Pipeline.Version));
        Assert.NotEqual(first.Job!.Value.GlobalId, newer.Job!.Value.GlobalId);
        DatumResult datum = Assert.Single(await _world.Jobs.ListDatumsAsync(newer.Job.Value, _world.Patience));
        Assert.Equal("changed stage: image", datum.Reason.ToString());
        Assert.Equal([1, 2], (await _world.Pipelines.ListVersionsAsync(newer.Pipeline.Name, _world.Patience)).Select(v => v.Version));

        _world.Images["image"] = World.Image("image");
        PipelineChange back = await _world.PipelineAsync("up", World.Pfs("data"), update: true);
        await _world.IdleAsync();
        Assert.Equal(new JobCounts(1, Skipped: 1), (await _world.Jobs.GetAsync(back.Job!.Value, _world.Patience)).Counts);
    }

    /// <summary>As a home of before the run identity was kept has it: what its datums answered counts for nothing, and nothing else is lost.</summary>
    [Fact]
    public async Task A_version_without_a_run_identity_runs_its_datums_again_and_changes_with_the_next_update()
    {
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.IdleAsync();
        await _world.Metadata.WriteAsync(
            async transaction =>
            {
                await foreach ((string key, byte[] value) in transaction.ScanAsync("pipeline-versions", null, null, _world.Patience))
                {
                    string row = Encoding.UTF8.GetString(value).Replace("runIdentity", "imageConfig", StringComparison.Ordinal);
                    await transaction.PutAsync("pipeline-versions", key, Encoding.UTF8.GetBytes(row), _world.Patience);
                }

                return true;
            },
            _world.Patience);

        Pipeline old = await _world.Pipelines.GetAsync(PipelineName.Parse("up"), _world.Patience);
        Assert.Equal(_world.Images["image"] with { RunIdentity = _world.Images["image"].Manifest }, old.Image);
        await _world.PutAsync("data", ("/b", "2"));
        await _world.IdleAsync();
        Assert.Equal(new JobCounts(2, Processed: 2), (await _world.LastJobAsync("up")).Counts);

        PipelineChange change = await _world.PipelineAsync("up", World.Pfs("data"), update: true);
        await _world.IdleAsync();
        Assert.Equal((PipelineChangeKind.Updated, 2), (change.Kind, change.Pipeline.Version));
        Assert.Equal(new JobCounts(2, Skipped: 1, Processed: 1), (await _world.LastJobAsync("up")).Counts);
    }

    [Fact]
    public async Task What_does_not_touch_the_stage_is_a_version_whose_datums_are_all_answered()
    {
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.IdleAsync();
        PipelineChange change = await _world.PipelineAsync("up", World.Pfs("data"), """ "datum_tries": 9 """, update: true);
        await _world.IdleAsync();

        Assert.Equal(PipelineChangeKind.Updated, change.Kind);
        Assert.Equal(new JobCounts(1, Skipped: 1), (await _world.LastJobAsync("up")).Counts);
    }

    [Fact]
    public async Task Reprocess_runs_everything_again_also_where_nothing_changed()
    {
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.IdleAsync();
        PipelineChange change = await _world.PipelineAsync("up", World.Pfs("data"), update: true, reprocess: true);
        await _world.IdleAsync();

        Assert.Equal(PipelineChangeKind.Unchanged, change.Kind);
        DatumResult datum = Assert.Single(await _world.Jobs.ListDatumsAsync(change.Job!.Value, _world.Patience));
        Assert.Equal((DatumState.Processed, DatumReasonKind.Reprocess), (datum.State, datum.Reason.Kind));
        Assert.Equal(2, _world.Executor.Runs.Length);
    }

    [Fact]
    public async Task A_changed_pipeline_takes_its_downstream_along_under_one_id()
    {
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PipelineAsync("down", World.Pfs("up"));
        await _world.IdleAsync();
        PipelineChange change = await _world.PipelineAsync("up", World.Pfs("data"), """ "description": "new" """, update: true);
        IReadOnlyList<Commit> commits = await _world.Scheduler.WaitAsync(change.Job!.Value.GlobalId, _world.Patience);
        Assert.Equal(["down", "up"], commits.Select(c => c.Repo.ToString()));
        Assert.Equal("/a=down(up(1))", await _world.HeadAsync("down"));
    }

    [Fact]
    public async Task What_cannot_be_created_is_refused_with_a_reason()
    {
        await _world.RepoAsync("taken");
        await _world.PipelineAsync("up", World.Pfs("data"));

        Assert.Contains("there is no image missing", (await Refused(ErrorKind.NotFound, () => _world.Pipelines.CreateOrUpdateAsync(
            World.Spec("p", World.Pfs("data")) with { Transform = World.Spec("p", World.Pfs("data")).Transform with { Image = "missing" } }, false, false, _world.Patience).AsTask())).Message, StringComparison.Ordinal);
        await Refused(ErrorKind.NotFound, () => _world.PipelineAsync("p", World.Pfs("nothing")));
        await Refused(ErrorKind.AlreadyExists, () => _world.PipelineAsync("taken", World.Pfs("data")));
        await Refused(ErrorKind.AlreadyExists, () => _world.PipelineAsync("up", World.Pfs("data")));
        Assert.Contains("Did you mean up", (await Refused(ErrorKind.NotFound, () => _world.Pipelines.GetAsync(PipelineName.Parse("upp"), _world.Patience).AsTask())).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circle_is_refused_and_named()
    {
        await _world.PipelineAsync("a", World.Pfs("data"));
        await _world.PipelineAsync("b", World.Pfs("a"));
        await _world.PipelineAsync("c", World.Cross(World.Pfs("b"), World.Pfs("data")));

        SlipwayException error = await Refused(ErrorKind.InvalidArgument, () => _world.PipelineAsync("a", World.Pfs("c"), update: true));
        Assert.Contains("a → b → c → a", error.Message, StringComparison.Ordinal);
        error = await Refused(ErrorKind.InvalidArgument, () => _world.PipelineAsync("b", World.Pfs("b"), update: true));
        Assert.Contains("b → b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_pipeline_leaves_its_repo_or_takes_it_along()
    {
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PipelineAsync("down", World.Pfs("up"));
        await _world.IdleAsync();

        await Refused(ErrorKind.FailedPrecondition, () => _world.Pipelines.DeleteAsync(PipelineName.Parse("up"), keepRepo: false, _world.Patience).AsTask());
        await Refused(ErrorKind.FailedPrecondition, () => _world.Pipelines.CheckUnusedAsync(RepoName.Parse("data"), _world.Patience).AsTask());
        await Refused(ErrorKind.FailedPrecondition, () => _world.Pipelines.CheckUnusedAsync(RepoName.Parse("down"), _world.Patience).AsTask());

        await _world.Pipelines.DeleteAsync(PipelineName.Parse("up"), keepRepo: true, _world.Patience);
        await _world.PutAsync("data", ("/b", "2"));
        await _world.IdleAsync();
        Assert.Equal("/a=up(1)", await _world.HeadAsync("up"));
        Assert.NotEmpty(await _world.Jobs.ListAsync(PipelineName.Parse("up"), _world.Patience));

        await _world.Pipelines.DeleteAsync(PipelineName.Parse("down"), keepRepo: false, _world.Patience);
        Assert.Null(await _world.Repos.FindAsync(RepoName.Parse("down"), _world.Patience));
        Assert.Empty(await _world.Jobs.ListAsync(PipelineName.Parse("down"), _world.Patience));

        PipelineChange again = await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.IdleAsync();
        Assert.Equal(2, again.Pipeline.Version);
        Assert.Equal("/a=up(1) /b=up(2)", await _world.HeadAsync("up"));
        Assert.Equal(new JobCounts(2, Skipped: 1, Processed: 1), (await _world.LastJobAsync("up")).Counts);
    }

    [Fact]
    public async Task Deleting_a_pipeline_stops_the_job_that_runs()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Executor.Script = async (_, token) =>
        {
            begun.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended.TrySetResult();
            }

            return null;
        };
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("up", World.Pfs("data"));
        await begun.Task.WaitAsync(_world.Patience);

        await _world.Pipelines.DeleteAsync(PipelineName.Parse("up"), keepRepo: true, _world.Patience);
        await ended.Task.WaitAsync(_world.Patience);
        await _world.IdleAsync();

        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Killed, "the pipeline was deleted"), (job.State, job.Error));
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public async Task A_branch_of_the_output_is_written_where_the_spec_says_so()
    {
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("up", World.Pfs("data"), """ "output_branch": "results" """);
        await _world.PipelineAsync("down", """{"pfs": {"repo": "up", "branch": "results", "glob": "/*"}}""");
        await _world.IdleAsync();
        Assert.Null(await _world.HeadAsync("up"));
        Assert.Equal("/a=down(up(1))", await _world.HeadAsync("down"));
    }

    private static async Task<SlipwayException> Refused(ErrorKind kind, Func<Task> action)
    {
        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(action);
        Assert.Equal(kind, error.Kind);
        return error;
    }
}
