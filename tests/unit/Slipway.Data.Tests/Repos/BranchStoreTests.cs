using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Commits;
using Slipway.Data.Tests.Doubles;

namespace Slipway.Data.Tests.Repos;

public sealed class BranchStoreTests : IAsyncLifetime
{
    private History _history = null!;

    public async Task InitializeAsync() => _history = await History.OpenAsync();

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task A_branch_begins_at_any_commit_and_goes_its_own_way()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        Commit second = await _history.PutAsync("master", Edits.Put("/b", "2"));
        await _history.ForkAsync("try", "master~1");
        Commit other = await _history.PutAsync("try", Edits.Put("/c", "3"));
        Assert.Equal((first.GlobalId, 2L), (other.Parent!.Value, other.Ordinal));
        Assert.Equal("/a=1 /c=3", await _history.FilesAsync("try"));
        Assert.Equal("/a=1 /b=2", await _history.FilesAsync("master"));
        Assert.Equal([other.GlobalId, first.GlobalId], await _history.LogAsync("try"));
        Assert.Equal([second.GlobalId, first.GlobalId], await _history.LogAsync("master"));
        Branch empty = await _history.Branches.CreateAsync(History.Repo, History.Name("empty"), null, default);
        Assert.Null(empty.Head);
    }

    [Fact]
    public async Task A_moved_head_is_told_once_and_not_where_it_stays()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _history.PutAsync("master", Edits.Put("/a", "2"));
        _history.Hook.Heard.Clear();
        Branch moved = await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master.1"), null, default);
        Assert.Equal(first.GlobalId, moved.Head);
        HeadMoves heard = Assert.Single(_history.Hook.Heard);
        Assert.NotEqual(first.GlobalId, heard.Id);
        Assert.Equal(moved, Assert.Single(heard.Branches));
        await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master"), null, default);
        Assert.Single(_history.Hook.Heard);
        Commit next = await _history.PutAsync("master", Edits.Put("/b", "3"));
        Assert.Equal(first.GlobalId, next.Parent);
        Assert.Equal([next.GlobalId, first.GlobalId], await _history.LogAsync("master"));
        Assert.Equal(3, (await _history.LogAsync(null)).Count);
    }

    [Fact]
    public async Task A_move_that_expects_another_head_changes_nothing()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        Commit second = await _history.PutAsync("master", Edits.Put("/a", "2"));
        await History.FailsAsync(ErrorKind.Conflict, async () => await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master.1"), first.GlobalId, default));
        Assert.Equal(second.GlobalId, (await _history.HeadAsync("master"))!.GlobalId);
        await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master.1"), second.GlobalId, default);
        Assert.Equal(first.GlobalId, (await _history.HeadAsync("master"))!.GlobalId);
    }

    [Fact]
    public async Task What_a_pipeline_uses_stays_where_it_is()
    {
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        _history.Hook.Uses.Add(new BranchUse("sum", Writes: false));
        SlipwayException deleted = await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Branches.DeleteAsync(History.Repo, BranchName.Master, default));
        Assert.Contains("sum reads it", deleted.Message, StringComparison.Ordinal);
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Branches.RenameAsync(History.Repo, BranchName.Master, History.Name("main"), default));
        await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master"), null, default);
        _history.Hook.Uses[0] = new BranchUse("sum", Writes: true);
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master"), null, default));
    }

    [Fact]
    public async Task An_open_commit_goes_with_its_branch_when_that_is_renamed_and_keeps_it_from_being_deleted()
    {
        await _history.PutAsync("try", Edits.Put("/a", "1"));
        Commit open = await _history.Commits.StartAsync(History.Repo, History.Name("try"), "", "", default);
        await _history.Commits.EditAsync(History.Repo, open.GlobalId, [Edits.Put("/b", "2")], default);
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Branches.DeleteAsync(History.Repo, History.Name("try"), default));
        await _history.Branches.RenameAsync(History.Repo, History.Name("try"), History.Name("better"), default);
        await _history.Commits.FinishAsync(History.Repo, open.GlobalId, default);
        Assert.Equal("/a=1 /b=2", await _history.FilesAsync("better"));
        await History.FailsAsync(ErrorKind.NotFound, async () => await _history.ResolveAsync("try"));
        await _history.Branches.DeleteAsync(History.Repo, History.Name("better"), default);
        Assert.Equal("/a=1 /b=2", await _history.FilesAsync(open.GlobalId.ToString()));
    }

    [Fact]
    public async Task No_name_means_two_commits()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        Tag tag = await _history.Tags.CreateAsync(History.At("master"), History.Name("v1"), "why", "ann", default);
        await _history.PutAsync("master", Edits.Put("/a", "2"));
        Assert.Equal(first.GlobalId, (await _history.ResolveAsync("v1")).GlobalId);
        Assert.Equal(first.GlobalId, (await _history.ResolveAsync("v1.1")).GlobalId);
        Assert.Equal([tag], await _history.Tags.ListAsync(History.Repo, default));
        await History.FailsAsync(ErrorKind.AlreadyExists, async () => await _history.ForkAsync("v1", "master"));
        await History.FailsAsync(ErrorKind.AlreadyExists, async () => await _history.PutAsync("v1", Edits.Put("/a", "3")));
        await History.FailsAsync(ErrorKind.AlreadyExists, async () => await _history.Tags.CreateAsync(History.At("master"), History.Name("v1"), "", "", default));
        await History.FailsAsync(ErrorKind.AlreadyExists, async () => await _history.Tags.CreateAsync(History.At("master"), BranchName.Master, "", "", default));
        await History.FailsAsync(ErrorKind.InvalidArgument, async () => await _history.ForkAsync("master.7", "master"));
        await History.FailsAsync(ErrorKind.InvalidArgument, async () => await _history.PutAsync("master.1", Edits.Put("/a", "3")));
        await _history.ForkAsync("1.2", "v1");
        Assert.Equal(first.GlobalId, (await _history.ResolveAsync("1.2")).GlobalId);
        await _history.Tags.DeleteAsync(History.Repo, History.Name("v1"), default);
        await History.FailsAsync(ErrorKind.NotFound, async () => await _history.ResolveAsync("v1"));
        await History.FailsAsync(ErrorKind.NotFound, async () => await _history.Tags.DeleteAsync(History.Repo, History.Name("v1"), default));
    }

    [Fact]
    public async Task A_branch_stands_only_at_a_finished_commit_of_its_repo()
    {
        Commit open = await _history.Commits.StartAsync(History.Repo, BranchName.Master, "", "", default);
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.ForkAsync("b", open.GlobalId.ToString()));
        await _history.Repos.CreateAsync(RepoName.Parse("other"), "", null, default);
        await _history.Commits.PutAsync(RepoName.Parse("other"), BranchName.Master, [Edits.Put("/a")], "", "", default);
        SlipwayException foreign = await History.FailsAsync(
            ErrorKind.FailedPrecondition, async () => await _history.Branches.CreateAsync(History.Repo, History.Name("b"), CommitReference.Parse("other@master"), default));
        Assert.Contains("slipway cp", foreign.Hint, StringComparison.Ordinal);
    }
}
