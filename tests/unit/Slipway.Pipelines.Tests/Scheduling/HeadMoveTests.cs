using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

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
}
