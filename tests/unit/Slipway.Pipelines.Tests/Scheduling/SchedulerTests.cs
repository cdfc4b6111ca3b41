using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Tests.Scheduling;

public sealed class SchedulerTests : IAsyncLifetime
{
    private readonly World _world = new();

    public async Task InitializeAsync()
    {
        await _world.RepoAsync("data");
        _world.Scheduler.Start();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_commit_runs_one_datum_an_entry_and_its_output_becomes_the_head()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        GlobalId id = await _world.PutAsync("data", ("/a", "1"), ("/b", "2"));

        IReadOnlyList<Commit> commits = await _world.Scheduler.WaitAsync(id, _world.Patience);

        Assert.Equal(["data", "up"], commits.Select(c => c.Repo.ToString()));
        Assert.All(commits, commit => Assert.Equal(CommitState.Finished, commit.State));
        Assert.Equal("/a=up(1) /b=up(2)", await _world.HeadAsync("up"));
        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Succeeded, new JobCounts(2, Processed: 2)), (job.State, job.Counts));
        Assert.Equal("commit data@master", job.Cause);
    }

    [Fact]
    public async Task One_more_file_runs_one_datum_and_a_removed_one_takes_its_output_with_it()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PutAsync("data", ("/a", "1"), ("/b", "2"));
        await _world.IdleAsync();

        await _world.PutAsync("data", ("/c", "3"));
        await _world.IdleAsync();
        Assert.Equal(new JobCounts(3, Skipped: 2, Processed: 1), (await _world.LastJobAsync("up")).Counts);

        await _world.PutAsync("data", ("/a", null));
        await _world.IdleAsync();
        Assert.Equal(new JobCounts(2, Skipped: 2, Gone: 1), (await _world.LastJobAsync("up")).Counts);
        Assert.Equal("/b=up(2) /c=up(3)", await _world.HeadAsync("up"));
        Assert.Equal(3, _world.Executor.Runs.Length);
    }

    [Fact]
    public async Task Data_that_is_put_back_finds_its_old_results_and_runs_nothing()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PipelineAsync("down", World.Pfs("up", "/"));
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        string? first = await _world.HeadAsync("down");
        await _world.PutAsync("data", ("/a", "2"));
        await _world.IdleAsync();
        Assert.Equal(4, _world.Executor.Runs.Length);
        Job changed = await _world.LastJobAsync("up");
        DatumResult result = Assert.Single(await _world.Jobs.ListDatumsAsync(changed.Id, _world.Patience));
        Assert.Equal("changed input data", result.Reason.ToString());

        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();

        Assert.Equal(4, _world.Executor.Runs.Length);
        Assert.Equal(first, await _world.HeadAsync("down"));
    }

    [Fact]
    public async Task An_empty_commit_has_no_datums_and_its_job_succeeds_with_an_empty_output()
    {
        await _world.PipelineAsync("root", World.Pfs("data", "/"));
        await _world.PipelineAsync("each", World.Pfs("data"));
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        Assert.Equal("/all=root(/a=1)", await _world.HeadAsync("root"));

        await _world.PutAsync("data", ("/a", null));
        await _world.IdleAsync();

        Job job = await _world.LastJobAsync("root");
        Assert.Equal((JobState.Succeeded, new JobCounts(0, Gone: 1)), (job.State, job.Counts));
        Assert.Equal("", await _world.HeadAsync("root"));
        Assert.Equal("", await _world.HeadAsync("each"));
    }

    [Fact]
    public async Task A_diamond_runs_its_sink_once_a_global_id_and_sees_both_sides_of_that_id()
    {
        await _world.PipelineAsync("left", World.Pfs("data"));
        await _world.PipelineAsync("right", World.Pfs("data"));
        await _world.PipelineAsync("sink", World.Cross(World.Pfs("left", "/"), World.Pfs("right", "/")));

        GlobalId id = await _world.PutAsync("data", ("/a", "1"));
        IReadOnlyList<Commit> commits = await _world.Scheduler.WaitAsync(id, _world.Patience);

        Commit sink = Assert.Single(commits, c => c.Repo.ToString() == "sink");
        Assert.All(sink.Provenance, link => Assert.Equal(id, link.Commit));
        Assert.Equal("/all+all=sink(/a=left(1),/a=right(1))", await _world.HeadAsync("sink"));
        Assert.Single(await _world.Jobs.ListAsync(PipelineName.Parse("sink"), _world.Patience));
    }

    [Fact]
    public async Task Two_datums_that_write_one_path_fail_the_job_which_names_both_and_the_path()
    {
        _world.Executor.OutputPath = _ => "/same/result.csv";
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PutAsync("data", ("/a", "1"), ("/b", "2"));
        await _world.IdleAsync();

        Job job = await _world.LastJobAsync("up");
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("two datums write /same/result.csv: data:/a and data:/b", job.Error, StringComparison.Ordinal);
        Assert.Null(await _world.HeadAsync("up"));
    }

    [Fact]
    public async Task A_failed_job_leaves_a_readable_failed_commit_that_nothing_builds_on_and_downstream_names_it()
    {
        await _world.PipelineAsync("up", World.Pfs("data"), """ "datum_tries": 2 """);
        await _world.PipelineAsync("down", World.Pfs("up"));
        await _world.PipelineAsync("last", World.Pfs("down"));
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        string? head = await _world.HeadAsync("last");

        _world.Executor.Script = (run, _) => ValueTask.FromResult(
            run.Pipeline == "up" && run.Inputs[0].Path.Name == "bad" ? ScriptedExecutor.Failure(7) : null);
        GlobalId id = await _world.PutAsync("data", ("/bad", "x"), ("/good", "y"));
        IReadOnlyList<Commit> commits = await _world.Scheduler.WaitAsync(id, _world.Patience);

        Commit failed = commits.Single(c => c.Repo.ToString() == "up");
        Assert.Equal(CommitState.Failed, failed.State);
        Assert.Equal("/a=up(1) /good=up(y)", await _world.TextAsync(failed.Tree!.Value));
        Assert.Contains("data:/bad: exit code 7 (after 2 tries", failed.Error, StringComparison.Ordinal);
        Assert.Equal("/a=up(1)", await _world.HeadAsync("up"));
        Assert.Equal(head, await _world.HeadAsync("last"));
        foreach (string pipeline in new[] { "down", "last" })
        {
            Job job = await _world.LastJobAsync(pipeline);
            Assert.Equal(JobState.Unrunnable, job.State);
            Assert.Contains($"the upstream job up@{id} failed: 1 of 3 datums failed", job.Error, StringComparison.Ordinal);
        }

        await _world.PutAsync("data", ("/bad", null));
        await _world.IdleAsync();
        Assert.Equal("/a=up(1) /good=up(y)", await _world.HeadAsync("up"));
        Assert.Equal(new JobCounts(2, Skipped: 2, Gone: 1), (await _world.LastJobAsync("up")).Counts);
    }

    [Fact]
    public async Task A_datum_is_tried_again_and_what_succeeded_at_last_is_processed()
    {
        _world.Executor.Script = (run, _) => ValueTask.FromResult(
            run.Try < 3 ? ScriptedExecutor.Failure(1, run.Try == 1 ? DatumOutcomeKind.TimedOut : DatumOutcomeKind.Failed) : null);
        await _world.PipelineAsync("up", World.Pfs("data"), """ "datum_tries": "3", "datum_timeout": "5s" """);
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();

        Assert.Equal([1, 2, 3], _world.Executor.Runs.Select(run => run.Try));
        Assert.All(_world.Executor.Runs, run => Assert.Equal(TimeSpan.FromSeconds(5), run.Timeout));
        DatumResult datum = Assert.Single(await _world.Jobs.ListDatumsAsync((await _world.LastJobAsync("up")).Id, _world.Patience));
        Assert.Equal((DatumState.Processed, 3), (datum.State, datum.Tries));
    }

    [Fact]
    public async Task A_recovered_datum_has_no_output_does_not_fail_the_job_and_is_tried_again_in_the_next()
    {
        bool recover = true;
        _world.Executor.Script = (run, _) => ValueTask.FromResult(
            recover && run.Inputs[0].Path.Name == "a" ? ScriptedExecutor.Failure(1, DatumOutcomeKind.Recovered) : null);
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PutAsync("data", ("/a", "1"), ("/b", "2"));
        await _world.IdleAsync();
        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Succeeded, new JobCounts(2, Processed: 1, Recovered: 1)), (job.State, job.Counts));
        Assert.Equal("/b=up(2)", await _world.HeadAsync("up"));

        recover = false;
        await _world.PutAsync("data", ("/c", "3"));
        await _world.IdleAsync();

        job = await _world.LastJobAsync("up");
        Assert.Equal(new JobCounts(3, Skipped: 1, Processed: 2), job.Counts);
        IReadOnlyList<DatumResult> datums = await _world.Jobs.ListDatumsAsync(job.Id, _world.Patience);
        Assert.Equal(DatumReasonKind.EarlierFailed, datums.Single(d => d.Label == "data:/a").Reason.Kind);
    }

    [Fact]
    public async Task An_executor_that_throws_fails_the_job_with_its_message_and_the_loop_goes_on()
    {
        _world.Executor.Script = (run, _) => run.Inputs[0].Path.Name == "a" ? throw new IOException("the disk is gone") : default;
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        Job job = await _world.LastJobAsync("up");
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("the disk is gone", job.Error, StringComparison.Ordinal);

        await _world.PutAsync("data", ("/a", null), ("/b", "2"));
        await _world.IdleAsync();
        Assert.Equal("/b=up(2)", await _world.HeadAsync("up"));
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public async Task No_more_datums_run_at_once_than_the_spec_says_and_so_many_do()
    {
        int running = 0;
        int most = 0;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Executor.Script = async (_, token) =>
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (now == 2)
            {
                both.TrySetResult();
            }

            await both.Task.WaitAsync(token);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return null;
        };
        await _world.PipelineAsync("up", World.Pfs("data"), """ "parallelism_spec": {"constant": "2"} """);
        await _world.PutAsync("data", [.. Enumerable.Range(0, 20).Select(i => ($"/{i}", (string?)"x"))]);
        await _world.IdleAsync();

        Assert.Equal(2, most);
        Assert.Equal(20, (await _world.LastJobAsync("up")).Counts.Processed);
    }

    [Fact]
    public async Task Every_job_runs_all_datums_where_the_spec_says_so()
    {
        await _world.PipelineAsync("up", World.Pfs("data"), """ "reprocess_spec": "every_job" """);
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        await _world.PutAsync("data", ("/b", "2"));
        await _world.IdleAsync();

        Assert.Equal(new JobCounts(2, Processed: 2), (await _world.LastJobAsync("up")).Counts);
    }

    [Fact]
    public async Task An_answer_is_anybodys_who_asks_the_same()
    {
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("first", World.Pfs("data"));
        await _world.IdleAsync();
        await _world.Pipelines.CreateOrUpdateAsync(
            World.Spec("first", World.Pfs("data")) with { Name = PipelineName.Parse("second") }, false, false, _world.Patience);
        await _world.IdleAsync();

        Assert.Single(_world.Executor.Runs);
        Assert.Equal("/a=first(1)", await _world.HeadAsync("second"));
        DatumResult datum = Assert.Single(await _world.Jobs.ListDatumsAsync((await _world.LastJobAsync("second")).Id, _world.Patience));
        Assert.Equal("first", datum.RanIn.Pipeline.ToString());
    }

    [Fact]
    public async Task An_answer_whose_bytes_are_gone_is_none()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        DatumResult datum = Assert.Single(await _world.Jobs.ListDatumsAsync((await _world.LastJobAsync("up")).Id, _world.Patience));
        await _world.Blobs.DeleteAsync([datum.OutputTree!.Value], _world.Patience);

        await _world.PutAsync("data", ("/b", "2"));
        await _world.IdleAsync();

        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Succeeded, new JobCounts(2, Processed: 2)), (job.State, job.Counts));
        Assert.Equal(DatumReasonKind.AnswerLost, (await _world.Jobs.FindDatumAsync(job.Id, datum.Id, _world.Patience))!.Reason.Kind);
    }

    [Fact]
    public async Task A_stage_with_empty_files_sees_names_without_bytes()
    {
        await _world.PipelineAsync("up", """{"pfs": {"repo": "data", "glob": "/*", "empty_files": true}}""");
        await _world.PutAsync("data", ("/d/x", "1"), ("/f", "2"));
        await _world.IdleAsync();

        Assert.Equal("/d=up(/x=) /f=up()", await _world.HeadAsync("up"));
    }

    [Fact]
    public async Task Datums_of_one_key_are_one_piece_of_work()
    {
        await _world.RepoAsync("other");
        _world.Executor.OutputPath = run => $"/{run.Datum}";
        string union = """{"union": [{"pfs": {"repo": "data", "glob": "/*", "name": "in"}}, {"pfs": {"repo": "other", "glob": "/*", "name": "in"}}]}""";
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PutAsync("other", ("/b", "2"), ("/a", "1"));
        await _world.PipelineAsync("up", union);
        await _world.IdleAsync();

        // Both datums of key (in, /a, 1) have one answer, so their outputs meet at one path: that is said, not hidden.
        Assert.Equal(2, _world.Executor.Runs.Length);
        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Failed, new JobCounts(3, Skipped: 1, Processed: 2)), (job.State, job.Counts));
        Assert.Contains("two datums write", job.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_are_flushed_before_their_answers_are_written_and_rounds_are_shared()
    {
        await _world.PipelineAsync("up", World.Pfs("data"), """ "parallelism_spec": {"constant": 8} """);
        int before = _world.Metadata.Writes;
        await _world.PutAsync("data", [.. Enumerable.Range(0, 500).Select(i => ($"/{i}", (string?)$"{i}"))]);
        await _world.IdleAsync();
        await _world.PutAsync("data", ("/new", "x"));
        int beforeSecond = _world.Metadata.Writes;
        await _world.IdleAsync();

        Assert.True(_world.Blobs.Flushes > 0);
        Assert.True(_world.Metadata.Writes - before <= 520, "no more than one write a datum");
        Assert.True(_world.Metadata.Writes - beforeSecond <= 20, "500 skipped datums are written in few rounds");
        Assert.Equal(new JobCounts(501, Skipped: 500, Processed: 1), (await _world.LastJobAsync("up")).Counts);
    }

    [Fact]
    public async Task Waiting_for_an_id_that_no_commit_has_says_so()
    {
        SlipwayException error = await Assert.ThrowsAsync<SlipwayException>(
            async () => await _world.Scheduler.WaitAsync(GlobalId.New(TimeProvider.System), _world.Patience));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = target;
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
            seen = target;
        }
    }
}
