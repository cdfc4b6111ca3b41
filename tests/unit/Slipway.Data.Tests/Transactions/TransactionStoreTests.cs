using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Commits;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Transactions;

namespace Slipway.Data.Tests.Transactions;

public sealed class TransactionStoreTests : IAsyncLifetime
{
    private static readonly RepoName Other = RepoName.Parse("other");

    private History _history = null!;
    private TransactionStore _transactions = null!;

    public async Task InitializeAsync()
    {
        _history = await History.OpenAsync();
        _transactions = new TransactionStore(_history.Metadata, _history.Commits, _history.Branches, _history.Time);
        await _history.Repos.CreateAsync(Other, "", null, default);
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _history.PutAsync("master", Edits.Put("/a", "2"));
        _history.Hook.Heard.Clear();
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task Commits_and_moves_of_several_repos_become_visible_at_once_under_one_id()
    {
        GlobalId id = await BeginAsync();
        await EditAsync(id, History.Repo, "/b");
        await EditAsync(id, Other, "/c");
        Branch planned = await _transactions.PlanMoveAsync(id, History.Repo, History.Name("old"), History.At("master.1"), true, default);
        await History.FailsAsync(ErrorKind.NotFound, async () => await _history.ResolveAsync("old"));
        Assert.Null(await _history.Commits.HeadAsync(Other, BranchName.Master, default));
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Commits.FinishAsync(Other, id, default));
        Assert.Single(await _transactions.ListAsync(default));

        TransactionResult result = await _transactions.FinishAsync(id, default);
        Assert.Equal([id, id], result.Commits.Select(c => c.GlobalId));
        Assert.Equal("/a=2 /b=x", await _history.FilesAsync("master"));
        Assert.Equal("/a=1", await _history.FilesAsync("old"));
        Assert.Equal(id, (await _history.Commits.HeadAsync(Other, BranchName.Master, default))!.GlobalId);
        HeadMoves heard = Assert.Single(_history.Hook.Heard);
        Assert.Equal((id, 3), (heard.Id, heard.Branches.Length));
        Assert.Contains(planned, heard.Branches);
        Assert.Empty(await _transactions.ListAsync(default));
        await History.FailsAsync(ErrorKind.NotFound, async () => await _transactions.FinishAsync(id, default));
    }

    [Fact]
    public async Task Edits_that_do_not_fit_one_repo_change_none_and_name_it()
    {
        GlobalId id = await BeginAsync();
        await EditAsync(id, History.Repo, "/b");
        await EditAsync(id, Other, "/c/d");
        await _history.Commits.PutAsync(Other, BranchName.Master, [Edits.Put("/c")], "", "", default);
        SlipwayException error = await History.FailsAsync(ErrorKind.Conflict, async () => await _transactions.FinishAsync(id, default));
        Assert.Contains("in repo other", error.Message, StringComparison.Ordinal);
        Assert.Equal("/a=2", await _history.FilesAsync("master"));
        await _history.Commits.EditAsync(Other, id, [Edits.Delete("/c"), Edits.Put("/c/d")], default);
        await _transactions.FinishAsync(id, default);
        Assert.Equal("/a=2 /b=x", await _history.FilesAsync("master"));
    }

    [Fact]
    public async Task A_branch_that_moved_since_its_move_was_planned_undoes_everything()
    {
        GlobalId id = await BeginAsync();
        await EditAsync(id, Other, "/c");
        await _transactions.PlanMoveAsync(id, History.Repo, BranchName.Master, History.At("master.1"), false, default);
        Commit late = await _history.PutAsync("master", Edits.Put("/late", "1"));
        SlipwayException error = await History.FailsAsync(ErrorKind.Conflict, async () => await _transactions.FinishAsync(id, default));
        Assert.Contains("data@master: it moved meanwhile", error.Message, StringComparison.Ordinal);
        Assert.Equal(late.GlobalId, (await _history.HeadAsync("master"))!.GlobalId);
        Assert.Null(await _history.Commits.HeadAsync(Other, BranchName.Master, default));
        await _transactions.DropAsync(id, default);
        Assert.Empty(await _history.RowsAsync("transactions"));
        Assert.Empty(await _history.RowsAsync("commit-journal"));
        Assert.Empty(await _history.RowsAsync("commits-open"));
    }

    [Fact]
    public async Task It_has_one_commit_a_repo_and_changes_a_branch_once()
    {
        GlobalId id = await BeginAsync();
        Commit first = await _transactions.StartCommitAsync(id, History.Repo, BranchName.Master, default);
        Assert.Equal(first.GlobalId, (await _transactions.StartCommitAsync(id, History.Repo, BranchName.Master, default)).GlobalId);
        await History.FailsAsync(ErrorKind.Conflict, async () => await _transactions.StartCommitAsync(id, History.Repo, History.Name("dev"), default));
        await History.FailsAsync(ErrorKind.Conflict, async () => await _transactions.PlanMoveAsync(id, History.Repo, BranchName.Master, History.At("master.1"), false, default));
    }

    [Fact]
    public async Task A_part_that_was_dropped_keeps_the_rest_from_finishing_alone()
    {
        GlobalId id = await BeginAsync();
        await EditAsync(id, History.Repo, "/b");
        await EditAsync(id, Other, "/c");
        await _history.Commits.DropAsync(Other, id, default);
        SlipwayException error = await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _transactions.FinishAsync(id, default));
        Assert.Contains("repo other is gone", error.Message, StringComparison.Ordinal);
        Assert.Equal("/a=2", await _history.FilesAsync("master"));
    }

    [Fact]
    public async Task It_goes_along_when_a_repo_or_a_branch_is_renamed()
    {
        GlobalId id = await BeginAsync();
        await EditAsync(id, History.Repo, "/b");
        await _transactions.PlanMoveAsync(id, History.Repo, History.Name("old"), History.At("master.1"), true, default);
        await _history.Branches.RenameAsync(History.Repo, BranchName.Master, History.Name("main"), default);
        RepoName renamed = RepoName.Parse("renamed");
        await _history.Renamer.RenameAsync(History.Repo, renamed, default);
        TransactionResult result = await _transactions.FinishAsync(id, default);
        Assert.Equal([(renamed, "main"), (renamed, "old")], result.Branches.Select(b => (b.Repo, b.Name.ToString())));
        Assert.Equal(3, Assert.Single(result.Commits).Ordinal);
    }

    [Fact]
    public async Task It_is_swept_when_its_time_is_over()
    {
        GlobalId id = (await _transactions.BeginAsync("", "ann", TimeSpan.FromMinutes(1), default)).Id;
        await EditAsync(id, Other, "/c");
        Assert.NotNull(await _transactions.ExpireAsync(default));
        _history.Time.Advance(TimeSpan.FromMinutes(2));
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _transactions.FinishAsync(id, default));
        Assert.Null(await _transactions.ExpireAsync(default));
        Assert.Empty(await _transactions.ListAsync(default));
        Assert.Null(await _history.Commits.FindAsync(Other, id, default));
    }

    [Fact]
    public async Task Open_commits_of_their_own_can_be_finished_together_too()
    {
        Commit one = await _history.Commits.StartAsync(History.Repo, BranchName.Master, "", "", default);
        Commit two = await _history.Commits.StartAsync(Other, BranchName.Master, "", "", default);
        await _history.Commits.EditAsync(History.Repo, one.GlobalId, [Edits.Put("/b", "3")], default);
        await _history.Commits.EditAsync(Other, two.GlobalId, [Edits.Put("/c", "3")], default);
        IReadOnlyList<Commit> done = await _history.Commits.FinishAllAsync([(History.Repo, one.GlobalId), (Other, two.GlobalId)], default);
        Assert.All(done, c => Assert.Equal(CommitState.Finished, c.State));
        HeadMoves heard = Assert.Single(_history.Hook.Heard);
        Assert.Equal((one.GlobalId, 2), (heard.Id, heard.Branches.Length));
        Commit twin = await _history.Commits.StartAsync(Other, BranchName.Master, "", "", default);
        Commit other = await _history.Commits.StartAsync(Other, BranchName.Master, "", "", default);
        await History.FailsAsync(ErrorKind.InvalidArgument, async () => await _history.Commits.FinishAllAsync([(Other, twin.GlobalId), (Other, other.GlobalId)], default));
    }

    private async Task<GlobalId> BeginAsync() => (await _transactions.BeginAsync("why", "ann", null, default)).Id;

    private async Task EditAsync(GlobalId id, RepoName repo, string path)
    {
        Commit open = await _transactions.StartCommitAsync(id, repo, BranchName.Master, default);
        await _history.Commits.EditAsync(repo, open.GlobalId, [Edits.Put(path)], default);
    }
}
