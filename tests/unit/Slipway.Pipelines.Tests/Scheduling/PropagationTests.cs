using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Tests.Scheduling;

/// <summary>What a commit's transaction leaves behind, with no scheduler running.</summary>
public sealed class PropagationTests : IAsyncLifetime
{
    private readonly World _world = new();

    public async Task InitializeAsync()
    {
        await _world.RepoAsync("data");
        await _world.RepoAsync("rules");
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task One_open_output_commit_a_pipeline_downstream_has_the_commits_global_id()
    {
        await _world.PipelineAsync("left", World.Pfs("data"));
        await _world.PipelineAsync("right", World.Pfs("data"));
        await _world.PipelineAsync("sink", World.Cross(World.Pfs("left"), World.Pfs("right"), World.Pfs("rules")));
        await _world.PipelineAsync("apart", World.Pfs("rules"));
        GlobalId id = await _world.PutAsync("data", ("/a", "1"));

        IReadOnlyList<Commit> commits = await _world.Commits.ListByGlobalIdAsync(id, _world.Patience);
        Assert.Equal(["data", "left", "right", "sink"], commits.Select(c => c.Repo.ToString()));
        Assert.All(commits.Skip(1), c => Assert.Equal((CommitState.Open, CommitOrigin.Pipeline), (c.State, c.Origin)));

        // The branch of rules has no commit yet: it counts as empty, and is no link.
        Assert.Equal([$"left left@master {id}", $"right right@master {id}"], Links(commits[3]));
        Assert.Equal(["left", "right", "sink"], (await _world.Jobs.ListOpenAsync(_world.Patience)).Select(j => j.Id.Pipeline.ToString()));
    }

    [Fact]
    public async Task An_input_that_the_id_did_not_move_is_read_as_its_last_job_will_leave_it()
    {
        await _world.PipelineAsync("model", World.Pfs("data"));
        GlobalId training = await _world.PutAsync("data", ("/a", "1"));
        await _world.PipelineAsync("infer", World.Cross(World.Pfs("rules"), World.Pfs("model")));
        GlobalId rules = await _world.PutAsync("rules", ("/r", "1"));

        Commit infer = (await _world.Commits.FindAsync(RepoName.Parse("infer"), rules, _world.Patience))!;
        Assert.Equal([$"rules rules@master {rules}", $"model model@master {training}"], Links(infer));

        _world.Scheduler.Start();
        await _world.IdleAsync();
        GlobalId later = await _world.PutAsync("rules", ("/r", "2"));
        await _world.IdleAsync();
        Commit after = (await _world.Commits.FindAsync(RepoName.Parse("infer"), later, _world.Patience))!;
        Assert.Contains($"model model@master {training}", Links(after));
        Assert.Equal("/r+a=infer(2,model(1))", await _world.HeadAsync("infer"));
    }

    [Fact]
    public async Task A_commit_that_is_not_read_starts_nothing()
    {
        await _world.PipelineAsync("up", """{"pfs": {"repo": "data", "branch": "dev", "glob": "/*"}}""");
        GlobalId id = await _world.PutAsync("data", ("/a", "1"));
        Assert.Single(await _world.Commits.ListByGlobalIdAsync(id, _world.Patience));
        Assert.Empty(await _world.Jobs.ListOpenAsync(_world.Patience));
    }

    [Fact]
    public async Task Jobs_of_a_pipeline_run_in_the_order_in_which_they_were_made()
    {
        await _world.PipelineAsync("up", World.Pfs("data"), """ "reprocess_spec": "every_job" """);
        var ids = new List<GlobalId>();
        for (int i = 0; i < 5; i++)
        {
            ids.Add(await _world.PutAsync("data", ("/a", $"{i}")));
        }

        _world.Scheduler.Start();
        await _world.IdleAsync();

        Assert.Equal(ids.Select(id => $"up@{id}"), _world.Executor.Runs.Select(run => run.JobId));
        Assert.Equal("/a=up(4)", await _world.HeadAsync("up"));
        Commit last = (await _world.Commits.HeadAsync(RepoName.Parse("up"), BranchName.Master, _world.Patience))!;
        Assert.Equal(ids[3], last.Parent);
        Assert.Equal([5, 4, 3, 2, 1], (await _world.Jobs.ListAsync(null, _world.Patience)).Select(j => j.Sequence));
    }

    [Fact]
    public async Task A_job_whose_input_repo_was_deleted_says_so()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        GlobalId id = await _world.PutAsync("data", ("/a", "1"));
        await _world.Repos.DeleteAsync(RepoName.Parse("data"), _world.Patience);
        _world.Scheduler.Start();
        await _world.IdleAsync();

        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Unrunnable, $"not run: its input data, commit data@{id}, no longer exists"), (job.State, job.Error));
    }

    private static IEnumerable<string> Links(Commit commit) => commit.Provenance.Select(l => $"{l.Input} {l.Repo}@{l.Branch} {l.Commit}");
}
