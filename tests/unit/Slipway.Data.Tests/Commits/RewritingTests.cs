using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;

namespace Slipway.Data.Tests.Commits;

public sealed class RewritingTests : IAsyncLifetime
{
    private History _history = null!;

    public async Task InitializeAsync() => _history = await History.OpenAsync();

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task The_last_commit_of_a_branch_can_be_dropped_and_the_branch_goes_back()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        Commit second = await _history.PutAsync("master", Edits.Put("/a", "2"));
        _history.Hook.Heard.Clear();
        DropPlan said = await DropAsync("master~0", dryRun: true);
        Assert.Equal(second.GlobalId, (await _history.HeadAsync("master"))!.GlobalId);
        DropPlan done = await DropAsync("master~0");
        Assert.Equal(said.Commits.Select(c => c.GlobalId), done.Commits.Select(c => c.GlobalId));
        Assert.Equal(first.GlobalId, Assert.Single(done.Branches).Head);
        Assert.Equal("/a=1", await _history.FilesAsync("master"));
        Assert.Equal(first.GlobalId, Assert.Single(Assert.Single(_history.Hook.Heard).Branches).Head);
        Assert.Null(await _history.Commits.FindAsync(History.Repo, second.GlobalId, default));
        await History.FailsAsync(ErrorKind.NotFound, async () => await _history.ResolveAsync(second.Id!.Value.Short));
        await DropAsync("master~0");
        Assert.Null(await _history.HeadAsync("master"));
        Assert.Equal("/b=3", await FilesAfterAsync(Edits.Put("/b", "3")));
    }

    [Fact]
    public async Task What_depends_on_a_commit_is_named_and_goes_with_it_only_when_that_is_said()
    {
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        Commit second = await _history.PutAsync("master", Edits.Put("/a", "2"));
        await _history.ForkAsync("try", "master");
        await _history.Tags.CreateAsync(History.At("master"), History.Name("v1"), "", "", default);
        Commit third = await _history.PutAsync("master", Edits.Put("/a", "3"));
        Commit output = await OutputAsync(second);
        SlipwayException refused = await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await DropAsync(second.GlobalId.ToString()));
        foreach (string named in (string[])[$"commit data@{third.GlobalId}", $"out@{output.GlobalId} was computed", "branch data@try", "tag data@v1"])
        {
            Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        }

        DropPlan plan = await DropAsync(second.GlobalId.ToString(), withDependents: true);
        Assert.Equal(new HashSet<GlobalId> { second.GlobalId, third.GlobalId, output.GlobalId }, plan.Commits.Select(c => c.GlobalId).ToHashSet());
        Assert.Equal(second.GlobalId, plan.Commits[^1].GlobalId);
        Assert.Equal(["/a=1", "/a=1"], [await _history.FilesAsync("master"), await _history.FilesAsync("try")]);
        Assert.Empty(await _history.Tags.ListAsync(History.Repo, default));
        Assert.Null(await _history.Commits.HeadAsync(RepoName.Parse("out"), BranchName.Master, default));
        Assert.Single(await _history.LogAsync(null));
        foreach (string table in (string[])["commits-by-branch", "commits-by-global-id", "commits-by-id", "commits-by-parent", "commits-by-input"])
        {
            Assert.InRange((await _history.RowsAsync(table)).Count, 0, table.EndsWith("parent", StringComparison.Ordinal) ? 0 : 1);
        }
    }

    [Fact]
    public async Task A_branch_never_comes_to_stand_at_a_commit_without_files()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _history.PutAsync("master", Edits.Put("/b", "2"));
        await _history.Metadata.WriteAsync(
            async t =>
            {
                await new CommitTables().PutAsync(t, first with { Tree = null, Dropped = new DroppedFiles(first.Tree!.Value, _history.Time.GetUtcNow()) }, default);
                return true;
            },
            default);
        foreach (Func<Task> call in (Func<Task>[])[
            async () => await DropAsync("master~0"),
            async () => await _history.ForkAsync("old", "master.1"),
            async () => await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master.1"), null, default)])
        {
            await History.FailsAsync(ErrorKind.FailedPrecondition, call);
        }

        Assert.Equal("/a=1 /b=2", await _history.FilesAsync("master"));
        SquashResult squashed = await _history.Squasher.SquashAsync(History.Repo, BranchName.Master, null, null, "", default);
        Assert.Equal("/a=1 /b=2", await _history.FilesAsync(squashed.Commit.GlobalId.ToString()));
    }

    [Fact]
    public async Task An_output_goes_only_with_what_it_was_computed_from()
    {
        Commit output = await OutputAsync(await _history.PutAsync("master", Edits.Put("/a", "1")));
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Dropper.DropAsync(output.Reference, true, false, default));
    }

    [Fact]
    public async Task A_merge_depends_on_both_of_its_parents()
    {
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _history.ForkAsync("try", "master");
        Commit theirs = await _history.PutAsync("try", Edits.Put("/t", "1"));
        Commit ours = await _history.PutAsync("master", Edits.Put("/m", "1"));
        Commit merged = (await _history.Merger.MergeAsync(
            History.At("try"), History.Repo, BranchName.Master, new(Data.Trees.Merging.MergeFavor.None, null, ""), default)).Head!;
        await _history.Branches.MoveAsync(History.Repo, History.Name("try"), History.At("try~1"), null, default);
        foreach (Commit parent in (Commit[])[theirs, ours])
        {
            SlipwayException refused = await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await DropAsync(parent.GlobalId.ToString()));
            Assert.Contains(merged.GlobalId.ToString(), refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_squash_makes_one_commit_of_many_and_removes_what_nothing_needs()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        for (int i = 2; i < 6; i++)
        {
            await _history.PutAsync("master", Edits.Put("/a", $"{i}"), Edits.Put($"/f{i}", "1"));
        }

        Commit tagged = await _history.ResolveAsync("master.3");
        await _history.Tags.CreateAsync(History.At("master.3"), History.Name("keep"), "", "", default);
        Digest tree = (await _history.HeadAsync("master"))!.Tree!.Value;
        _history.Hook.Heard.Clear();
        SquashResult result = await _history.Squasher.SquashAsync(History.Repo, BranchName.Master, History.At("master.1"), null, "ann", default);
        Assert.Equal((tree, first.GlobalId, 2L), (result.Commit.Tree!.Value, result.Commit.Parent!.Value, result.Commit.Ordinal));
        Assert.StartsWith("squash of 4 commits\n\nto master", result.Commit.Message, StringComparison.Ordinal);
        Assert.Equal(2, result.Removed.Length);
        Assert.Equal([DependentKind.Tag, DependentKind.Child], result.Kept.Select(k => k.Kind));
        Assert.Equal([result.Commit.GlobalId, first.GlobalId], await _history.LogAsync("master"));
        Assert.Equal(tagged.GlobalId, (await _history.ResolveAsync("keep")).GlobalId);
        Assert.Equal(4, (await _history.LogAsync(null)).Count);
        Assert.Equal(result.Commit.GlobalId, Assert.Single(_history.Hook.Heard).Id);

        SquashResult all = await _history.Squasher.SquashAsync(History.Repo, BranchName.Master, null, "all of it", "ann", default);
        Assert.Equal((null, "all of it", tree), (all.Commit.Parent, all.Commit.Message, all.Commit.Tree!.Value));
        await History.FailsAsync(
            ErrorKind.FailedPrecondition, async () => await _history.Squasher.SquashAsync(History.Repo, BranchName.Master, null, null, "", default));
        await History.FailsAsync(
            ErrorKind.FailedPrecondition, async () => await _history.Squasher.SquashAsync(History.Repo, BranchName.Master, History.At("keep"), null, "", default));
    }

    [Fact]
    public async Task A_renamed_repo_keeps_its_commits_and_provenance_still_leads_to_it()
    {
        Commit first = await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _history.Tags.CreateAsync(History.At("master"), History.Name("v1"), "", "", default);
        Commit output = await OutputAsync(first);
        Commit open = await _history.Commits.StartAsync(History.Repo, BranchName.Master, "", "", default);
        await _history.Commits.EditAsync(History.Repo, open.GlobalId, [Edits.Put("/b", "2")], default);
        RepoName raw = RepoName.Parse("proj/raw");
        await _history.Renamer.RenameAsync(History.Repo, raw, default);

        Commit finished = await _history.Commits.FinishAsync(raw, open.GlobalId, default);
        Assert.Equal((first.GlobalId, raw), (finished.Parent!.Value, finished.Repo));
        Assert.Equal(first.Id, (await _history.Commits.ResolveAsync(CommitReference.Parse("proj/raw@v1"), default)).Id);
        Assert.Equal([finished.GlobalId, first.GlobalId], await _history.Commits.LogAsync(raw, BranchName.Master, default).Select(c => c.GlobalId).ToListAsync());
        Commit source = (await _history.Commits.FindAsync(output.Provenance[0].Repo, output.Provenance[0].Commit, default))!;
        Assert.Equal((raw, first.Id), (source.Repo, source.Id));
        SlipwayException gone = await History.FailsAsync(ErrorKind.NotFound, async () => await _history.ResolveAsync("master"));
        Assert.Contains("renamed to proj/raw", gone.Message, StringComparison.Ordinal);
        SlipwayException refused = await History.FailsAsync(
            ErrorKind.FailedPrecondition, async () => await _history.Dropper.DropAsync(CommitReference.Parse($"proj/raw@{first.GlobalId}"), false, false, default));
        Assert.Contains($"out@{output.GlobalId}", refused.Message, StringComparison.Ordinal);

        // A second rename leads on from both former names; the first name is free for a repo of its own.
        await _history.Renamer.RenameAsync(raw, RepoName.Parse("raw2"), default);
        Assert.Equal("raw2", (await _history.Commits.FindAsync(History.Repo, first.GlobalId, default))!.Repo.ToString());
        Assert.Equal("raw2", (await _history.Commits.FindAsync(raw, first.GlobalId, default))!.Repo.ToString());
        await _history.Repos.CreateAsync(History.Repo, "", null, default);
        await _history.PutAsync("master", Edits.Put("/new", "1"));
        Assert.Equal("/new=1", await _history.FilesAsync("master"));
        await History.FailsAsync(ErrorKind.AlreadyExists, async () => await _history.Renamer.RenameAsync(History.Repo, RepoName.Parse("raw2"), default));
        _history.Hook.Uses.Add(new BranchUse("sum", false));
        SlipwayException used = await History.FailsAsync(
            ErrorKind.FailedPrecondition, async () => await _history.Renamer.RenameAsync(History.Repo, RepoName.Parse("x"), default));
        Assert.Contains("sum", used.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_commit_whose_time_is_over_takes_nothing_more_and_is_swept()
    {
        Commit open = await _history.Commits.StartAsync(History.Repo, BranchName.Master, "", "", TimeSpan.FromHours(2), default);
        Commit lasting = await _history.Commits.StartAsync(History.Repo, BranchName.Master, "", "", default);
        await _history.Commits.EditAsync(History.Repo, open.GlobalId, [Edits.Put("/a")], default);
        Assert.Equal(open.Started + TimeSpan.FromHours(2), await _history.Commits.ExpireAsync(default));
        _history.Time.Advance(TimeSpan.FromHours(2));
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Commits.EditAsync(History.Repo, open.GlobalId, [], default));
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.Commits.FinishAsync(History.Repo, open.GlobalId, default));
        Assert.Null(await _history.Commits.ExpireAsync(default));
        Assert.Null(await _history.Commits.FindAsync(History.Repo, open.GlobalId, default));
        Assert.Empty(await _history.RowsAsync("commit-journal"));
        Assert.NotNull(await _history.Commits.FindAsync(History.Repo, lasting.GlobalId, default));
    }

    [Fact]
    public async Task A_store_from_before_ordinals_is_taken_forward()
    {
        for (int i = 0; i < 20; i++)
        {
            await _history.PutAsync("master", Edits.Put("/a", $"{i}"));
        }

        Commit output = await OutputAsync(await _history.ResolveAsync("master"));
        List<Commit> before = await _history.Commits.LogAsync(History.Repo, null, default).ToListAsync();
        await _history.Metadata.WriteAsync(
            async t =>
            {
                foreach (Commit commit in before)
                {
                    CommitTables tables = new();
                    await tables.DeleteAsync(t, commit, default);
                    await tables.PutAsync(t, commit with { Ordinal = 0, Generation = 0, Jump = null }, default);
                }

                return true;
            },
            default);
        await CommitUpgrade.RunAsync(_history.Metadata, default);
        await CommitUpgrade.RunAsync(_history.Metadata, default);
        Assert.Equal(before.Select(c => (c.GlobalId, c.Id, c.Ordinal, c.Generation, c.Jump)),
            await _history.Commits.LogAsync(History.Repo, null, default).Select(c => (c.GlobalId, c.Id, c.Ordinal, c.Generation, c.Jump)).ToListAsync());
        Assert.Equal(before[^1].GlobalId, (await _history.ResolveAsync("master~19")).GlobalId);
        Assert.NotEqual(default, output.GlobalId);
    }

    private async Task<string> FilesAfterAsync(params Data.Trees.TreeEdit[] edits)
    {
        await _history.PutAsync("master", edits);
        return await _history.FilesAsync("master");
    }

    private async Task<DropPlan> DropAsync(string revision, bool withDependents = false, bool dryRun = false) =>
        await _history.Dropper.DropAsync(History.At(revision), withDependents, dryRun, default);

    private async Task<Commit> OutputAsync(Commit input)
    {
        RepoName output = RepoName.Parse("out");
        if (await _history.Repos.FindAsync(output, default) is null)
        {
            await _history.Repos.CreateAsync(output, "", "sum", default);
        }

        return await _history.Metadata.WriteAsync(
            async t =>
            {
                await _history.Commits.StartOutputAsync(
                    t, output, BranchName.Master, input.GlobalId, [new ProvenanceLink("in", input.Repo, input.Branch, input.GlobalId)], "job", default);
                return await _history.Commits.FinishOutputAsync(t, output, input.GlobalId, input.Tree!.Value, null, default);
            },
            default);
    }
}
