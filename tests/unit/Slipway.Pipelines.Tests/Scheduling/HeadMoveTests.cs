using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Repos;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;
using Slipway.Data.Triggers;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Tests.Scheduling;

/// <summary>What happens downstream of a branch that people move, and which branches may not be.</summary>
public sealed class HeadMoveTests : IAsyncLifetime
{
    private static readonly RepoName Data = RepoName.Parse("data");

    private readonly World _world = new();
    private BranchStore _branches = null!;

    public async Task InitializeAsync()
    {
        _branches = new BranchStore(_world.Metadata, _world.Commits, TimeProvider.System);
        await _world.RepoAsync("data");
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Moved_back_a_branch_brings_back_what_was_computed_then_without_running_it_and_a_diamonds_sink_runs_once()
    {
        await _world.PipelineAsync("left", World.Pfs("data"));
        await _world.PipelineAsync("right", World.Pfs("data"));
        await _world.PipelineAsync("sink", World.Cross(World.Pfs("left"), World.Pfs("right")));
        _world.Scheduler.Start();
        GlobalId first = await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        string? then = await _world.HeadAsync("sink");
        await _world.PutAsync("data", ("/a", "2"));
        await _world.IdleAsync();
        Assert.NotEqual(then, await _world.HeadAsync("sink"));
        int ran = _world.Executor.Runs.Length;

        await _branches.MoveAsync(Data, BranchName.Master, CommitReference.Parse("data@master~1"), null, _world.Patience);
        await _world.IdleAsync();
        Assert.Equal(then, await _world.HeadAsync("sink"));
        Assert.Equal(ran, _world.Executor.Runs.Length);
        Commit left = (await _world.Commits.HeadAsync(RepoName.Parse("left"), BranchName.Master, _world.Patience))!;
        Assert.Equal(first, Assert.Single(left.Provenance).Commit);
        IReadOnlyList<Commit> wave = await _world.Commits.ListByGlobalIdAsync(left.GlobalId, _world.Patience);
        Assert.Equal(["left", "right", "sink"], wave.Select(c => c.Repo.ToString()));
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public async Task A_new_branch_that_a_pipeline_reads_starts_it()
    {
        await _world.PipelineAsync("up", """{"pfs": {"repo": "data", "branch": "dev", "glob": "/*"}}""");
        await _world.PutAsync("data", ("/a", "1"));
        Assert.Empty(await _world.Jobs.ListOpenAsync(_world.Patience));
        await _branches.CreateAsync(Data, BranchName.Parse("dev"), CommitReference.Parse("data@master"), _world.Patience);
        _world.Scheduler.Start();
        await _world.IdleAsync();
        Assert.Equal("/a=up(1)", await _world.HeadAsync("up"));
    }

    [Fact]
    public async Task Branches_that_pipelines_use_are_refused_by_name()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        _world.Scheduler.Start();
        await _world.PutAsync("data", ("/a", "1"));
        await _world.PutAsync("data", ("/a", "2"));
        await _world.IdleAsync();
        SlipwayException read = await Assert.ThrowsAsync<SlipwayException>(async () => await _branches.DeleteAsync(Data, BranchName.Master, _world.Patience));
        Assert.Contains("up reads it", read.Message, StringComparison.Ordinal);
        SlipwayException written = await Assert.ThrowsAsync<SlipwayException>(async () => await _branches.MoveAsync(
            RepoName.Parse("up"), BranchName.Master, CommitReference.Parse("up@master~1"), null, _world.Patience));
        Assert.Contains("up writes it", written.Message, StringComparison.Ordinal);
        Branch beside = await _branches.CreateAsync(RepoName.Parse("up"), BranchName.Parse("good"), CommitReference.Parse("up@master~1"), _world.Patience);
        Assert.NotNull(beside.Head);
    }

    [Fact]
    public async Task A_transaction_over_two_inputs_runs_their_reader_once()
    {
        await _world.RepoAsync("rules");
        await _world.PipelineAsync("both", World.Cross(World.Pfs("data"), World.Pfs("rules")));
        var transactions = new TransactionStore(_world.Metadata, _world.Commits, _branches, TimeProvider.System);
        GlobalId id = (await transactions.BeginAsync("", "", null, _world.Patience)).Id;
        foreach ((string repo, string content) in new[] { ("data", "1"), ("rules", "2") })
        {
            await transactions.StartCommitAsync(id, RepoName.Parse(repo), BranchName.Master, _world.Patience);
            BlobInfo blob = await _world.Blobs.PutAsync(Encoding.UTF8.GetBytes(content), _world.Patience);
            TreeEdit[] edits = [new PutEntry(DataPath.Parse("/f"), TreeEntry.File("f", blob.Size, blob.Digest))];
            await _world.Commits.EditAsync(RepoName.Parse(repo), id, edits, _world.Patience);
        }

        await transactions.FinishAsync(id, _world.Patience);
        _world.Scheduler.Start();
        await _world.IdleAsync();
        Job job = Assert.Single(await _world.Jobs.ListAsync(PipelineName.Parse("both"), _world.Patience));
        Assert.Equal((id, JobState.Succeeded), (job.Id.GlobalId, job.State));
        Assert.Equal("/f+f=both(1,2)", await _world.HeadAsync("both"));
    }

    [Fact]
    public async Task A_reader_of_a_branch_and_of_one_that_follows_it_runs_once()
    {
        BranchTrigger trigger = BranchTrigger.Create(BranchName.Master, 1, null, null, null, false, TimeProvider.System.GetUtcNow());
        await _branches.CreateAsync(Data, BranchName.Master, null, _world.Patience);
        await _branches.CreateAsync(Data, BranchName.Parse("staging"), null, trigger, _world.Patience);
        await _world.PipelineAsync("both", World.Cross(World.Pfs("data"), """{"pfs": {"repo": "data", "name": "staged", "branch": "staging", "glob": "/*"}}"""));
        GlobalId id = await _world.PutAsync("data", ("/f", "1"));
        Commit output = (await _world.Commits.FindAsync(RepoName.Parse("both"), id, _world.Patience))!;
        Assert.Equal([("data", id), ("staged", id)], output.Provenance.Select(link => (link.Input, link.Commit)));
        Assert.Single(await _world.Jobs.ListOpenAsync(_world.Patience));
    }

    [Fact]
    public async Task A_dropped_commit_takes_its_outputs_along_and_brings_back_what_was_before()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        await _world.PipelineAsync("down", World.Pfs("up"));
        _world.Scheduler.Start();
        await _world.PutAsync("data", ("/a", "1"));
        await _world.IdleAsync();
        string? before = await _world.HeadAsync("down");
        GlobalId wrong = await _world.PutAsync("data", ("/a", "2"));
        await _world.IdleAsync();
        int ran = _world.Executor.Runs.Length;
        var dropper = new CommitDropper(_world.Metadata, _world.Commits, TimeProvider.System);
        CommitReference reference = CommitReference.Parse($"data@{wrong}");
        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(async () => await dropper.DropAsync(reference, false, false, _world.Patience));
        Assert.Contains($"up@{wrong}", refused.Message, StringComparison.Ordinal);
        DropPlan plan = await dropper.DropAsync(reference, true, false, _world.Patience);
        Assert.Equal(["down", "up", "data"], plan.Commits.Select(c => c.Repo.ToString()));
        await _world.IdleAsync();
        Assert.Equal(before, await _world.HeadAsync("down"));
        Assert.Equal(ran, _world.Executor.Runs.Length);
        Assert.Empty(await _world.Commits.ListByGlobalIdAsync(wrong, _world.Patience));
        Assert.Empty(_world.Faults);
    }

    [Fact]
    public async Task A_job_whose_output_was_dropped_before_it_ran_ends()
    {
        await _world.PipelineAsync("up", World.Pfs("data"));
        GlobalId id = await _world.PutAsync("data", ("/a", "1"));
        var dropper = new CommitDropper(_world.Metadata, _world.Commits, TimeProvider.System);
        await dropper.DropAsync(CommitReference.Parse($"data@{id}"), true, false, _world.Patience);
        _world.Scheduler.Start();
        await _world.IdleAsync();
        Job job = await _world.LastJobAsync("up");
        Assert.Equal((JobState.Failed, "its output commit no longer exists"), (job.State, job.Error));
        Assert.Null(await _world.HeadAsync("up"));
        Assert.Empty(_world.Faults);
    }
}
