using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees.Merging;

namespace Slipway.Data.Tests.Commits.Merging;

public sealed class CommitMergerTests : IAsyncLifetime
{
    private static readonly MergeOptions Plain = new(MergeFavor.None, null, "bob");

    private History _history = null!;

    public async Task InitializeAsync()
    {
        _history = await History.OpenAsync();
        await _history.PutAsync("master", Edits.Put("/a", "1"), Edits.Put("/b", "1"));
        await _history.ForkAsync("try", "master");
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task Both_sides_are_kept_under_a_commit_of_two_parents()
    {
        Commit theirs = await _history.PutAsync("try", Edits.Put("/b", "2"));
        Commit ours = await _history.PutAsync("master", Edits.Put("/c", "3"));
        _history.Hook.Heard.Clear();
        MergeResult result = await MergeAsync("try", "master", Plain);
        Commit merged = result.Head!;
        Assert.Equal((MergeKind.Committed, "/a=1 /b=2 /c=3"), (result.Kind, await _history.FilesAsync("master")));
        Assert.Equal((ours.GlobalId, theirs.GlobalId, "bob"), (merged.Parent!.Value, merged.MergedFrom!.Value, merged.Author));
        Assert.Equal("merge try into master", merged.Message);
        Assert.Equal(CommitEncoding.IdOf(merged, ours.Id, theirs.Id), merged.Id);
        Assert.StartsWith("slipway-commit 2\n", System.Text.Encoding.UTF8.GetString(CommitEncoding.Encode(merged, ours.Id, theirs.Id)), StringComparison.Ordinal);
        Assert.Equal(merged.GlobalId, Assert.Single(_history.Hook.Heard).Id);
        Assert.Equal(4, (await _history.LogAsync("master")).Count);
        Assert.Equal(MergeKind.UpToDate, (await MergeAsync("try", "master", Plain)).Kind);

        // The next merge goes from the last one on, so what was merged before is not merged again.
        await _history.PutAsync("master", Edits.Put("/b", "4"));
        await _history.PutAsync("try", Edits.Put("/d", "5"));
        Assert.Equal(MergeKind.Committed, (await MergeAsync("try", "master", Plain)).Kind);
        Assert.Equal("/a=1 /b=4 /c=3 /d=5", await _history.FilesAsync("master"));
    }

    [Fact]
    public async Task A_branch_without_commits_of_its_own_moves_unless_a_commit_is_wanted()
    {
        Commit theirs = await _history.PutAsync("try", Edits.Put("/b", "2"));
        MergeResult result = await MergeAsync("try", "master", Plain);
        Assert.Equal((MergeKind.FastForwarded, theirs.GlobalId), (result.Kind, result.Head!.GlobalId));
        Assert.Equal(theirs.GlobalId, (await _history.HeadAsync("master"))!.GlobalId);
        await _history.PutAsync("try", Edits.Put("/b", "3"));
        MergeResult made = await MergeAsync("try", "master", Plain with { FastForward = false });
        Assert.Equal((MergeKind.Committed, theirs.GlobalId), (made.Kind, made.Head!.Parent!.Value));
        await _history.Branches.CreateAsync(History.Repo, History.Name("empty"), null, default);
        Assert.Equal(MergeKind.FastForwarded, (await MergeAsync("try", "empty", Plain)).Kind);
    }

    [Fact]
    public async Task A_conflict_changes_nothing_and_favor_decides_it()
    {
        await _history.PutAsync("try", Edits.Put("/a", "2"), Edits.Put("/new", "2"));
        Commit ours = await _history.PutAsync("master", Edits.Put("/a", "3"));
        int heard = _history.Hook.Heard.Count;
        MergeResult result = await MergeAsync("try", "master", Plain);
        Assert.Equal((MergeKind.Conflicted, "/a"), (result.Kind, Assert.Single(result.Conflicts).Path.ToString()));
        Assert.Equal(ours.GlobalId, (await _history.HeadAsync("master"))!.GlobalId);
        Assert.Equal(heard, _history.Hook.Heard.Count);
        await MergeAsync("try", "master", Plain with { Favor = MergeFavor.Theirs });
        Assert.Equal("/a=2 /b=1 /new=2", await _history.FilesAsync("master"));
    }

    [Fact]
    public async Task After_merges_crosswise_the_nearest_common_commit_is_the_basis()
    {
        await _history.PutAsync("try", Edits.Put("/t", "1"));
        await _history.PutAsync("master", Edits.Put("/m", "1"));
        await MergeAsync("try", "master", Plain);
        await MergeAsync("master", "try", Plain with { FastForward = false });
        await _history.PutAsync("master", Edits.Put("/m", "2"));
        await _history.PutAsync("try", Edits.Put("/t", "2"), Edits.Delete("/a"));
        Assert.Equal(MergeKind.Committed, (await MergeAsync("try", "master", Plain)).Kind);
        Assert.Equal("/b=1 /m=2 /t=2", await _history.FilesAsync("master"));
    }

    [Fact]
    public async Task Histories_without_a_common_commit_conflict_only_where_both_have_a_path()
    {
        await _history.PutAsync("alone", Edits.Put("/z", "1"), Edits.Put("/a", "1"));
        Assert.Equal(MergeKind.Committed, (await MergeAsync("alone", "master", Plain)).Kind);
        Assert.Equal("/a=1 /b=1 /z=1", await _history.FilesAsync("master"));
        await _history.PutAsync("other", Edits.Put("/a", "9"));
        Assert.Equal(MergeKind.Conflicted, (await MergeAsync("other", "master", Plain)).Kind);
    }

    [Fact]
    public async Task A_revert_undoes_one_commit_and_keeps_what_came_later()
    {
        Commit wrong = await _history.PutAsync("master", Edits.Put("/a", "2"), Edits.Delete("/b"));
        await _history.PutAsync("master", Edits.Put("/c", "3"));
        MergeResult result = await _history.Merger.RevertAsync(History.At("master~1"), null, Plain, default);
        Assert.Equal((MergeKind.Committed, "/a=1 /b=1 /c=3"), (result.Kind, await _history.FilesAsync("master")));
        Assert.Equal($"revert {wrong.GlobalId}: to master", result.Head!.Message);
        Assert.Null(result.Head.MergedFrom);
        Assert.Equal(MergeKind.UpToDate, (await _history.Merger.RevertAsync(History.At(wrong.GlobalId.ToString()), null, Plain, default)).Kind);

        // The revert of the revert brings it back; that of the first commit takes its files away.
        await _history.Merger.RevertAsync(History.At("master"), null, Plain, default);
        Assert.Equal("/a=2 /c=3", await _history.FilesAsync("master"));
        MergeResult conflict = await _history.Merger.RevertAsync(History.At("master.1"), null, Plain, default);
        Assert.Equal((MergeKind.Conflicted, "/a"), (conflict.Kind, Assert.Single(conflict.Conflicts).Path.ToString()));
        await _history.Merger.RevertAsync(History.At("master.1"), History.Name("try"), Plain, default);
        Assert.Equal("", await _history.FilesAsync("try"));
    }

    [Fact]
    public async Task A_merge_that_the_head_moves_away_from_is_done_again()
    {
        await _history.PutAsync("try", Edits.Put("/t", "1"));
        await _history.PutAsync("master", Edits.Put("/m", "1"));
        InterruptedMetadataStore moving = new(_history.Metadata);
        CommitStore slow = new(moving, _history.Trees, _history.Blobs, _history.Time);
        CommitMerger merger = new(moving, new Data.Contents.RepoContents(_history.Blobs, _history.Trees), slow, _history.Time);
        moving.BeforeNextWrite = async () => await _history.PutAsync("master", Edits.Put("/late", "1"));
        MergeResult result = await merger.MergeAsync(History.At("try"), History.Repo, BranchName.Master, Plain, default);
        Assert.Equal(MergeKind.Committed, result.Kind);
        Assert.Equal("/a=1 /b=1 /late=1 /m=1 /t=1", await _history.FilesAsync("master"));
    }

    [Fact]
    public async Task A_merge_stays_within_its_repo_and_out_of_those_of_pipelines()
    {
        await _history.Repos.CreateAsync(RepoName.Parse("out"), "", "sum", default);
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Merger.MergeAsync(History.At("try"), RepoName.Parse("out"), BranchName.Master, Plain, default));
        await History.FailsAsync(ErrorKind.NotFound, async () => await MergeAsync("try", "none", Plain));
    }

    private async Task<MergeResult> MergeAsync(string from, string into, MergeOptions options)
    {
        _history.Time.Advance(TimeSpan.FromSeconds(1));
        return await _history.Merger.MergeAsync(History.At(from), History.Repo, History.Name(into), options, default);
    }
}
