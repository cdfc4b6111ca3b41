using System.Globalization;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Commits;

/// <summary>What commits promise, over each kind of metadata store.</summary>
public abstract class CommitStoreSuite : IAsyncLifetime
{
    private static readonly RepoName Repo = RepoName.Parse("data");
    private static readonly RepoName Output = RepoName.Parse("out");
    private static readonly BranchName Master = BranchName.Master;

    private readonly ManualTime _time = new();
    private IBlobStore _blobs = null!;
    private IMetadataStore _metadata = null!;
    private TreeStore _trees = null!;
    private RepoStore _repos = null!;
    private CommitStore _commits = null!;

    /// <summary>Opens the store; a second call opens what the first one has kept.</summary>
    protected abstract ValueTask<IMetadataStore> OpenAsync();

    /// <summary>As <see cref="OpenAsync"/> for the blobs.</summary>
    protected abstract ValueTask<IBlobStore> OpenBlobsAsync();

    /// <summary>Removes what the stores have left.</summary>
    protected virtual void Clean()
    {
    }

    /// <summary>Closes the store as the end of its process would.</summary>
    protected virtual ValueTask CloseAsync(IMetadataStore store) => default;

    public async Task InitializeAsync()
    {
        await ReopenAsync();
        await _repos.CreateAsync(Repo, "", null, default);
        await _repos.CreateAsync(Output, "", "sum", default);
    }

    public async Task DisposeAsync()
    {
        await CloseAsync();
        await _metadata.DisposeAsync();
        Clean();
    }

    [Fact]
    public async Task A_commit_is_opened_edited_and_finished()
    {
        int changed = 0;
        _commits.Changed += () => changed++;
        Commit open = await _commits.StartAsync(Repo, Master, "first", "ann", default);
        Assert.Equal((CommitState.Open, CommitOrigin.User, null, null), (open.State, open.Origin, open.Tree, open.Id));
        Assert.Null(await _commits.HeadAsync(Repo, Master, default));
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Put("/a", "1"), Edits.Put("/b", "22")], default);
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Delete("/a")], default);
        _time.Advance(TimeSpan.FromSeconds(5));
        Commit finished = await _commits.FinishAsync(Repo, open.GlobalId, default);

        Assert.Equal((CommitState.Finished, "first", "ann", 2L), (finished.State, finished.Message, finished.Author, finished.Size));
        Assert.Equal((open.Started, _time.GetUtcNow(), null), (finished.Started, finished.Finished, finished.Parent));
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/b", "22")), finished.Tree);
        Assert.Equal(CommitEncoding.IdOf(finished, null), finished.Id);
        AssertSame(finished, await _commits.HeadAsync(Repo, Master, default));
        AssertSame(finished, await _commits.FindAsync(Repo, open.GlobalId, default));
        Assert.Empty(await _metadata.ReadAsync(r => _commits.ListOpenAsync(r, Repo, default), default));
        Assert.Equal(2, changed);
    }

    [Fact]
    public async Task Several_open_commits_of_a_branch_each_add_their_part()
    {
        Commit one = await _commits.StartAsync(Repo, Master, "one", "", default);
        Commit two = await _commits.StartAsync(Repo, Master, "two", "", default);
        Assert.True(two.GlobalId > one.GlobalId);
        await _commits.EditAsync(Repo, one.GlobalId, [Edits.Put("/one")], default);
        await _commits.EditAsync(Repo, two.GlobalId, [Edits.Put("/two")], default);
        Assert.Equal(2, (await _metadata.ReadAsync(r => _commits.ListOpenAsync(r, Repo, default), default)).Count);
        Commit second = await _commits.FinishAsync(Repo, two.GlobalId, default);
        Commit first = await _commits.FinishAsync(Repo, one.GlobalId, default);
        Assert.Equal(second.GlobalId, first.Parent);
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/one"), Edits.Put("/two")), first.Tree);
    }

    [Fact]
    public async Task A_journal_survives_the_end_of_the_process()
    {
        Commit open = await _commits.StartAsync(Repo, Master, "", "", default);
        TreeEdit[] edits = [.. Enumerable.Range(0, 4500).Select(i => Edits.Put($"/{i % 9}/{i}", $"{i}"))];
        await _commits.EditAsync(Repo, open.GlobalId, edits, default);
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Delete("/0")], default);
        await CloseAsync();
        await ReopenAsync();
        Commit finished = await _commits.FinishAsync(Repo, open.GlobalId, default);
        Assert.Equal(await _trees.TreeAsync([.. edits, Edits.Delete("/0")]), finished.Tree);
        await CloseAsync();
        await ReopenAsync();
        Commit head = (await _commits.HeadAsync(Repo, Master, default))!;
        AssertSame(finished, head);
        Assert.Equal(4000, await _trees.WalkAsync(head.Tree!.Value, default).CountAsync());
    }

    [Fact]
    public async Task Races_of_two_processes_lose_nothing()
    {
        // Two stores do not share their turns: only the comparison of heads keeps them apart.
        CommitStore other = new(_metadata, new RepoContents(_blobs, _trees), _time);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            await (i % 2 == 0 ? _commits : other).PutAsync(Repo, Master, [Edits.Put($"/{i}", $"{i}")], "", "", default))));
        Commit head = (await _commits.HeadAsync(Repo, Master, default))!;
        Assert.Equal(await _trees.TreeAsync([.. Enumerable.Range(0, 40).Select(i => Edits.Put($"/{i}", $"{i}"))]), head.Tree);
        List<Commit> log = await _commits.LogAsync(Repo, Master, default).ToListAsync();
        Assert.Equal(40, log.Count);
        Assert.Equal(39, log.Select(c => c.Parent).Where(p => p is not null).Distinct().Count());
        Assert.Equal(40, log.Select(c => c.GlobalId).Distinct().Count());
    }

    [Fact]
    public async Task A_finish_that_the_head_moved_away_from_builds_again_outside_of_the_transaction()
    {
        InterruptedMetadataStore moving = new(_metadata);
        CommitStore slow = new(moving, new RepoContents(_blobs, _trees), _time);
        moving.BeforeNextWrite = async () => await _commits.PutAsync(Repo, Master, [Edits.Put("/first")], "", "", default);
        Commit second = await slow.PutAsync(Repo, Master, [Edits.Put("/second")], "", "", default);
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/first"), Edits.Put("/second")), second.Tree);
        Assert.Equal(2, moving.Writes);
    }

    [Fact]
    public async Task Edits_that_do_not_fit_leave_the_commit_open()
    {
        await _commits.PutAsync(Repo, Master, [Edits.Put("/a/b")], "", "", default);
        Commit open = await _commits.StartAsync(Repo, Master, "", "", default);
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Put("/a")], default);
        Assert.Equal(ErrorKind.Conflict, (await Edits.FailsAsync(async () => await _commits.FinishAsync(Repo, open.GlobalId, default))).Kind);
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Delete("/a"), Edits.Put("/a")], default);
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/a")), (await _commits.FinishAsync(Repo, open.GlobalId, default)).Tree);
    }

    [Fact]
    public async Task A_dropped_commit_is_gone_with_its_journal()
    {
        Commit open = await _commits.StartAsync(Repo, Master, "", "", default);
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Put("/a")], default);
        await _commits.DropAsync(Repo, open.GlobalId, default);
        Assert.Null(await _commits.FindAsync(Repo, open.GlobalId, default));
        Assert.Empty(await _commits.LogAsync(Repo, null, default).ToListAsync());
        Assert.Empty(await _metadata.ReadAsync(async r => await r.ScanAsync("commit-journal", null, null, default).ToListAsync(), default));
        Assert.Equal(ErrorKind.NotFound, (await Edits.FailsAsync(async () => await _commits.DropAsync(Repo, open.GlobalId, default))).Kind);
    }

    [Fact]
    public async Task What_has_finished_or_is_a_pipelines_takes_no_edits()
    {
        Commit done = await _commits.PutAsync(Repo, Master, [Edits.Put("/a")], "", "", default);
        await AssertRefusedAsync(async () => await _commits.EditAsync(Repo, done.GlobalId, [Edits.Put("/b")], default));
        await AssertRefusedAsync(async () => await _commits.FinishAsync(Repo, done.GlobalId, default));
        await AssertRefusedAsync(async () => await _commits.DropAsync(Repo, done.GlobalId, default));
        await AssertRefusedAsync(async () => await _commits.StartAsync(Output, Master, "", "", default));
        await AssertRefusedAsync(async () => await _commits.PutAsync(Output, Master, [], "", "", default));
        await StartOutputAsync(done);
        await AssertRefusedAsync(async () => await _commits.EditAsync(Output, done.GlobalId, [], default));
        await AssertRefusedAsync(async () => await _commits.DropAsync(Output, done.GlobalId, default));
        Assert.Equal(ErrorKind.NotFound, (await Edits.FailsAsync(
            async () => await _commits.PutAsync(RepoName.Parse("none"), Master, [], "", "", default))).Kind);

        static async Task AssertRefusedAsync(Func<ValueTask> call) => Assert.Equal(ErrorKind.FailedPrecondition, (await Edits.FailsAsync(call)).Kind);
    }

    [Fact]
    public async Task An_output_carries_its_provenance_and_moves_the_head()
    {
        Commit input = await _commits.PutAsync(Repo, Master, [Edits.Put("/a")], "", "", default);
        Commit open = await StartOutputAsync(input);
        Assert.Equal((CommitOrigin.Pipeline, CommitState.Open, "pipeline sum"), (open.Origin, open.State, open.Author));
        Assert.Equal(open.GlobalId, Assert.Single(await _metadata.ReadAsync(r => _commits.ListOpenAsync(r, Output, default), default)).GlobalId);
        Digest tree = await _trees.TreeAsync(Edits.Put("/sum", "3"));
        Commit done = await FinishOutputAsync(input, tree, null);
        Assert.Equal((CommitState.Finished, tree, 1L), (done.State, done.Tree, done.Size));
        Assert.Equal(new ProvenanceLink("in", Repo, Master, input.GlobalId), Assert.Single(done.Provenance));
        AssertSame(done, await _commits.HeadAsync(Output, Master, default));
        Assert.Equal(["data", "out"], (await _commits.ListByGlobalIdAsync(input.GlobalId, default)).Select(c => c.Repo.ToString()));
        SlipwayException twice = await Edits.FailsAsync(async () => await StartOutputAsync(input));
        Assert.Equal(ErrorKind.AlreadyExists, twice.Kind);
    }

    [Fact]
    public async Task A_failed_output_is_readable_and_nothing_builds_on_it()
    {
        Commit first = await _commits.PutAsync(Repo, Master, [Edits.Put("/a", "1")], "", "", default);
        await StartOutputAsync(first);
        Commit good = await FinishOutputAsync(first, await _trees.TreeAsync(Edits.Put("/sum", "1")), null);
        Commit second = await _commits.PutAsync(Repo, Master, [Edits.Put("/a", "2")], "", "", default);
        await StartOutputAsync(second);
        Digest partial = await _trees.TreeAsync(Edits.Put("/part"));
        Commit failed = await FinishOutputAsync(second, partial, "datum 7: exit code 1");
        Assert.Equal((CommitState.Failed, "datum 7: exit code 1", null), (failed.State, failed.Error, failed.Id));
        AssertSame(good, await _commits.HeadAsync(Output, Master, default));
        Commit read = await _commits.ResolveAsync(CommitReference.Parse($"out@{failed.GlobalId}"), default);
        Assert.Equal(partial, read.Tree);
        Commit third = await _commits.PutAsync(Repo, Master, [Edits.Put("/a", "3")], "", "", default);
        await StartOutputAsync(third);
        Commit next = await FinishOutputAsync(third, partial, null);
        Assert.Equal(good.GlobalId, next.Parent);
        Assert.Equal([next.GlobalId, failed.GlobalId, good.GlobalId], await _commits.LogAsync(Output, Master, default).Select(c => c.GlobalId).ToListAsync());
    }

    [Fact]
    public async Task The_hook_hears_every_head_that_people_move_inside_of_the_transaction_and_can_undo_it()
    {
        RecordingHook hook = new();
        _commits.Hook = hook;
        Commit input = await _commits.PutAsync(Repo, Master, [Edits.Put("/a")], "", "", default);
        await StartOutputAsync(input);
        await FinishOutputAsync(input, input.Tree!.Value, "broken");
        HeadMoves heard = Assert.Single(hook.Heard);
        Assert.Equal(input.GlobalId, heard.Id);
        Assert.Equal(new Branch(Repo, Master, input.GlobalId), Assert.Single(heard.Branches));

        hook.Error = new InvalidOperationException("no");
        Commit open = await _commits.StartAsync(Repo, Master, "", "", default);
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Put("/b")], default);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _commits.FinishAsync(Repo, open.GlobalId, default));
        Assert.Equal(input.GlobalId, (await _commits.HeadAsync(Repo, Master, default))!.GlobalId);
        hook.Error = null;
        Assert.Equal(await _trees.TreeAsync(Edits.Put("/a"), Edits.Put("/b")), (await _commits.FinishAsync(Repo, open.GlobalId, default)).Tree);
    }

    [Fact]
    public async Task References_lead_to_commits()
    {
        List<Commit> commits = [];
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            commits.Add(await _commits.PutAsync(Repo, Master, [Edits.Put("/a", $"{i}")], "", "", default));
        }

        foreach ((string text, int expected) in new[]
        {
            ("data", 3), ("data@master", 3), ("data@master^", 2), ("data@master^^", 1), ("data@master~3", 0), ("data@master~1^", 1),
            ($"data@{commits[1].GlobalId}", 1), ($"data@{commits[1].GlobalId}^", 0), ($"data@{commits[2].Id}", 2), ($"data@{commits[2].Id!.Value.Short}~2", 0),
        })
        {
            Assert.Equal(commits[expected].GlobalId, (await _commits.ResolveAsync(CommitReference.Parse(text), default)).GlobalId);
        }
    }

    [Fact]
    public async Task References_that_lead_nowhere_say_what_exists()
    {
        await _commits.PutAsync(Repo, BranchName.Parse("dev"), [Edits.Put("/a")], "", "", default);
        await _commits.StartAsync(Repo, BranchName.Parse("begun"), "", "", default);
        foreach ((string text, string says) in new[]
        {
            ("dat@dev", "Did you mean data?"), ("data@main", "begun, dev"), ("data@dev^", "only 0 commits before"), ("data@begun", "no finished commit yet"),
            ("data@00000000000000000000000000000000", "no commit"), ("data@0000", "no commit '0000'"), ("out@master", "The repo is empty"),
        })
        {
            SlipwayException error = await Edits.FailsAsync(async () => await _commits.ResolveAsync(CommitReference.Parse(text), default));
            Assert.Equal(ErrorKind.NotFound, error.Kind);
            Assert.Contains(says, error.Message + " " + error.Hint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_ambiguous_prefix_names_its_candidates()
    {
        // With 16 possible first digits, 40 commits share some: of the prefixes of four digits only forged marks can.
        Commit one = await _commits.PutAsync(Repo, Master, [Edits.Put("/a", "1")], "", "", default);
        Commit two = await _commits.PutAsync(Repo, Master, [Edits.Put("/a", "2")], "", "", default);
        string forged = one.Id!.Value.ToString()[..6] + new string('0', 58);
        Commit twin = two with { Id = CommitId.Parse(forged) };
        CommitTables tables = new();
        await _metadata.WriteAsync(
            async t =>
            {
                await tables.PutAsync(t, twin, default);
                return true;
            },
            default);
        SlipwayException error = await Edits.FailsAsync(async () => await _commits.ResolveAsync(CommitReference.Parse($"data@{forged[..6]}"), default));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(one.Id.Value.Short, error.Message, StringComparison.Ordinal);
        Assert.Contains(forged[..12], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_newest_first_and_read_by_pages()
    {
        BranchName dev = BranchName.Parse("dev");
        for (int i = 0; i < 150; i++)
        {
            await _commits.PutAsync(Repo, i % 3 == 0 ? dev : Master, [Edits.Put("/a", i.ToString(CultureInfo.InvariantCulture))], $"{i}", "", default);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(Enumerable.Range(0, 150).Reverse().Select(i => $"{i}"), await _commits.LogAsync(Repo, null, default).Select(c => c.Message).ToListAsync());
        Assert.Equal(50, await _commits.LogAsync(Repo, dev, default).CountAsync());
        SlipwayException none = await Edits.FailsAsync(async () => await _commits.LogAsync(Repo, BranchName.Parse("main"), default).CountAsync());
        Assert.Equal(ErrorKind.NotFound, none.Kind);
        Assert.Equal("149", (await _commits.LogAsync(Repo, Master, default).FirstAsync()).Message);
    }

    [Fact]
    public async Task A_deleted_repo_leaves_no_row()
    {
        await _commits.PutAsync(Repo, Master, [Edits.Put("/a")], "", "", default);
        Commit open = await _commits.StartAsync(Repo, BranchName.Parse("dev"), "", "", default);
        await _commits.EditAsync(Repo, open.GlobalId, [Edits.Put("/b")], default);
        await _repos.DeleteAsync(Repo, default);
        await _repos.DeleteAsync(Output, default);
        foreach (string table in (string[])["repos", "branches", "commits", "commits-by-branch", "commits-by-global-id", "commits-by-id", "commits-open", "commit-journal"])
        {
            Assert.Empty(await _metadata.ReadAsync(async r => await r.ScanAsync(table, null, null, default).ToListAsync(), default));
        }
    }

    [Fact]
    public async Task Repos_are_made_once_found_and_listed()
    {
        SlipwayException twice = await Edits.FailsAsync(async () => await _repos.CreateAsync(Output, "", null, default));
        Assert.Equal(ErrorKind.AlreadyExists, twice.Kind);
        Assert.Contains("pipeline sum", twice.Message, StringComparison.Ordinal);
        Assert.Equal(["data", "out"], (await _repos.ListAsync(default)).Select(r => r.Name.ToString()));
        Assert.Null(await _repos.FindAsync(RepoName.Parse("Data"), default));
        Assert.Contains("Did you mean data?", (await Edits.FailsAsync(async () => await _repos.GetAsync(RepoName.Parse("dota"), default))).Hint, StringComparison.Ordinal);
        await _commits.StartAsync(Repo, Master, "", "", default);
        Assert.Equal([new Branch(Repo, Master, null)], await _repos.ListBranchesAsync(Repo, default));
    }

    private async Task CloseAsync()
    {
        await CloseAsync(_metadata);
        if (_blobs is IAsyncDisposable blobs)
        {
            await blobs.DisposeAsync();
        }
    }

    private async Task ReopenAsync()
    {
        _metadata = await OpenAsync();
        _blobs = await OpenBlobsAsync();
        _trees = new TreeStore(_blobs);
        _repos = new RepoStore(_metadata, _time);
        _commits = new CommitStore(_metadata, new RepoContents(_blobs, _trees), _time);
    }

    private async Task<Commit> StartOutputAsync(Commit input) => await _metadata.WriteAsync(
        t => _commits.StartOutputAsync(t, Output, Master, input.GlobalId, [new ProvenanceLink("in", Repo, Master, input.GlobalId)], "job", default), default);

    private async Task<Commit> FinishOutputAsync(Commit input, Digest tree, string? error) => await _metadata.WriteAsync(
        t => _commits.FinishOutputAsync(t, Output, input.GlobalId, tree, error, default), default);

    private static void AssertSame(Commit expected, Commit? actual)
    {
        Assert.Equal(expected.Provenance.AsEnumerable(), actual!.Provenance.AsEnumerable());
        Assert.Equal(expected, actual with { Provenance = expected.Provenance });
    }
}
