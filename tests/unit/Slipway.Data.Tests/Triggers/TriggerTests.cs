using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Tests.Commits;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;
using Slipway.Data.Triggers;

namespace Slipway.Data.Tests.Triggers;

public sealed class TriggerTests : IAsyncLifetime
{
    private History _history = null!;
    private TriggerClock _clock = null!;

    public async Task InitializeAsync()
    {
        _history = await History.OpenAsync();
        _clock = NewClock();
        await _history.PutAsync("master", Edits.Put("/a", "0"));
    }

    public async Task DisposeAsync()
    {
        await _clock.DisposeAsync();
        await _history.DisposeAsync();
    }

    [Fact]
    public async Task Enough_commits_move_the_branch_in_their_own_transaction_and_under_their_own_id()
    {
        await FollowAsync("staging", "master", commits: 3);
        await FollowAsync("prod", "staging", commits: 1);
        Assert.Null(await _history.HeadAsync("staging"));
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        _history.Hook.Heard.Clear();
        Commit third = await _history.PutAsync("master", Edits.Put("/a", "2"));
        HeadMoves heard = Assert.Single(_history.Hook.Heard);
        Assert.Equal(third.GlobalId, heard.Id);
        Assert.Equal([("master", third.GlobalId), ("staging", third.GlobalId), ("prod", third.GlobalId)], heard.Branches.Select(b => (b.Name.ToString(), b.Head!.Value)));
        for (int i = 3; i < 5; i++)
        {
            await _history.PutAsync("master", Edits.Put("/a", $"{i}"));
        }

        Assert.Equal(third.GlobalId, (await _history.HeadAsync("prod"))!.GlobalId);
        await _history.PutAsync("master", Edits.Put("/a", "5"));
        Assert.Equal("/a=5", await _history.FilesAsync("prod"));
        await History.FailsAsync(ErrorKind.FailedPrecondition, async () => await _history.PutAsync("staging", Edits.Put("/b", "1")));
    }

    [Fact]
    public async Task What_holds_already_moves_a_new_branch_at_once_and_moving_back_brings_nothing_new()
    {
        Branch made = await FollowAsync("staging", "master", commits: 1);
        Assert.NotNull(made.Head);
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        Commit head = (await _history.HeadAsync("staging"))!;
        await _history.Branches.MoveAsync(History.Repo, BranchName.Master, History.At("master.1"), null, default);
        Assert.Equal(head.GlobalId, (await _history.HeadAsync("staging"))!.GlobalId);
    }

    [Fact]
    public async Task A_size_counts_the_files_that_changed_and_not_how_the_repo_grew()
    {
        await _history.ForkAsync("base", "master");
        await FollowAsync("staging", "master", size: 30, from: "base");
        await _history.PutAsync("master", Edits.Put("/a", new string('1', 10)));
        await _clock.LookAsync(default);
        await _history.PutAsync("master", Edits.Put("/b", new string('1', 10)));
        await _clock.LookAsync(default);
        Assert.Equal((await _history.HeadAsync("base"))!.GlobalId, (await _history.HeadAsync("staging"))!.GlobalId);
        Commit enough = await _history.PutAsync("master", Edits.Put("/a", new string('2', 20)));
        _history.Hook.Heard.Clear();
        await _clock.LookAsync(default);
        Assert.Equal(enough.GlobalId, (await _history.HeadAsync("staging"))!.GlobalId);
        Assert.Equal("staging", Assert.Single(Assert.Single(_history.Hook.Heard).Branches).Name.ToString());
    }

    [Fact]
    public async Task A_schedule_moves_the_branch_once_also_for_times_that_were_missed_and_not_where_nothing_is_new()
    {
        // It is noon of the 21st.
        await FollowAsync("nightly", "master", cron: "0 2 * * *");
        Assert.Equal(Day(22, 2), await _clock.LookAsync(default));
        Assert.Null(await _history.HeadAsync("nightly"));
        _history.Time.Advance(Day(25, 3) - _history.Time.GetUtcNow());
        _history.Hook.Heard.Clear();
        await using (TriggerClock restarted = NewClock())
        {
            Assert.Equal(Day(26, 2), await restarted.LookAsync(default));
        }

        Assert.Equal("/a=0", await _history.FilesAsync("nightly"));
        await _clock.LookAsync(default);
        Assert.Single(_history.Hook.Heard);

        // A time without anything new is over when it is over: what comes later waits for the next.
        _history.Time.Advance(TimeSpan.FromDays(1));
        await _clock.LookAsync(default);
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _clock.LookAsync(default);
        Assert.Equal("/a=0", await _history.FilesAsync("nightly"));
        _history.Time.Advance(TimeSpan.FromDays(1));
        await _clock.LookAsync(default);
        Assert.Equal("/a=1", await _history.FilesAsync("nightly"));
    }

    [Fact]
    public async Task A_span_lets_the_branch_move_as_soon_as_something_is_new_once_it_is_over()
    {
        await FollowAsync("daily", "master", every: TimeSpan.FromHours(24));
        Assert.Equal(_history.Time.GetUtcNow() + TimeSpan.FromHours(24), await _clock.LookAsync(default));
        _history.Time.Advance(TimeSpan.FromHours(24));
        await _clock.LookAsync(default);
        Assert.Equal("/a=0", await _history.FilesAsync("daily"));
        _history.Time.Advance(TimeSpan.FromHours(30));
        Assert.Null(await _clock.LookAsync(default));
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _clock.LookAsync(default);
        Assert.Equal("/a=1", await _history.FilesAsync("daily"));
    }

    [Fact]
    public async Task All_conditions_are_asked_for_at_once()
    {
        await FollowAsync("both", "master", commits: 2, every: TimeSpan.FromHours(1), all: true);
        _history.Time.Advance(TimeSpan.FromHours(2));
        await _clock.LookAsync(default);
        Assert.Null(await _history.HeadAsync("both"));
        await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _clock.LookAsync(default);
        Assert.Equal("/a=1", await _history.FilesAsync("both"));
        await _history.PutAsync("master", Edits.Put("/a", "2"));
        await _history.PutAsync("master", Edits.Put("/a", "3"));
        await _clock.LookAsync(default);
        Assert.Equal("/a=1", await _history.FilesAsync("both"));
    }

    [Fact]
    public async Task The_output_of_a_pipeline_can_be_followed()
    {
        RepoName output = RepoName.Parse("out");
        await _history.Repos.CreateAsync(output, "", "sum", default);
        Commit input = await _history.PutAsync("master", Edits.Put("/a", "1"));
        await _history.Metadata.WriteAsync(
            t => _history.Commits.StartOutputAsync(t, output, BranchName.Master, input.GlobalId, [], "", default), default);
        BranchTrigger trigger = BranchTrigger.Create(BranchName.Master, 1, null, null, null, false, _history.Time.GetUtcNow());
        await _history.Branches.CreateAsync(output, History.Name("good"), null, trigger, default);
        _history.Hook.Heard.Clear();
        await _history.Metadata.WriteAsync(t => _history.Commits.FinishOutputAsync(t, output, input.GlobalId, input.Tree!.Value, null, default), default);
        HeadMoves heard = Assert.Single(_history.Hook.Heard);
        Assert.NotEqual(input.GlobalId, heard.Id);
        Assert.Equal(("good", input.GlobalId), (Assert.Single(heard.Branches).Name.ToString(), heard.Branches[0].Head!.Value));
    }

    [Fact]
    public async Task Followers_go_with_a_renamed_branch_keep_it_from_being_deleted_and_make_no_circle()
    {
        await FollowAsync("staging", "master", commits: 5);
        await _history.Branches.RenameAsync(History.Repo, BranchName.Master, History.Name("main"), default);
        SlipwayException kept = await History.FailsAsync(
            ErrorKind.FailedPrecondition, async () => await _history.Branches.DeleteAsync(History.Repo, History.Name("main"), default));
        Assert.Contains("data@staging follows it", kept.Message, StringComparison.Ordinal);
        await _history.Branches.RenameAsync(History.Repo, History.Name("staging"), History.Name("next"), default);
        for (int i = 1; i < 5; i++)
        {
            await _history.PutAsync("main", Edits.Put("/a", $"{i}"));
        }

        Assert.Equal("/a=4", await _history.FilesAsync("next"));
        await History.FailsAsync(ErrorKind.InvalidArgument, async () => await FollowAsync("self", "self", commits: 1));
        await History.FailsAsync(ErrorKind.InvalidArgument, async () => await FollowAsync("x", "main"));
        RepoName renamed = RepoName.Parse("renamed");
        await _history.Renamer.RenameAsync(History.Repo, renamed, default);
        await _history.Branches.DeleteAsync(renamed, History.Name("next"), default);
        await _history.Branches.DeleteAsync(renamed, History.Name("main"), default);
        Assert.Empty(await _history.RowsAsync("triggers"));
    }

    [Fact]
    public async Task A_branch_that_cannot_be_looked_at_keeps_no_other_waiting()
    {
        await FollowAsync("big", "master", size: 10);
        await FollowAsync("nightly", "master", cron: "0 2 * * *");
        _history.Time.Advance(TimeSpan.FromDays(1));
        List<Exception> faults = [];
        TreeStore unreadable = new(new InMemoryBlobStore());
        await using TriggerClock clock = new(
            _history.Metadata,
            new RepoContents(new InMemoryBlobStore(), unreadable),
            _history.Commits,
            new TransactionStore(_history.Metadata, _history.Commits, _history.Branches, _history.Time),
            _history.Time,
            faults.Add);
        await clock.LookAsync(default);
        Assert.Single(faults);
        Assert.Equal("/a=0", await _history.FilesAsync("nightly"));
    }

    [Fact]
    public async Task The_loop_drops_what_expires_and_ends_when_it_is_told_to()
    {
        Commit open = await _history.Commits.StartAsync(History.Repo, BranchName.Master, "", "", TimeSpan.FromMinutes(1), default);
        Assert.Equal(open.Expires, await _clock.LookAsync(default));
        _history.Time.Advance(TimeSpan.FromMinutes(1));
        TaskCompletionSource dropped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _history.Commits.Changed += () => dropped.TrySetResult();
        _clock.Start();
        await dropped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Null(await _history.Commits.FindAsync(History.Repo, open.GlobalId, default));
    }

    private static DateTimeOffset Day(int day, int hour) => new(2026, 11, day, hour, 0, 0, TimeSpan.Zero);

    private TriggerClock NewClock() => new(
        _history.Metadata,
        new RepoContents(_history.Blobs, _history.Trees),
        _history.Commits,
        new TransactionStore(_history.Metadata, _history.Commits, _history.Branches, _history.Time),
        _history.Time,
        fault => throw fault);

    private async Task<Branch> FollowAsync(
        string name, string on, long? commits = null, long? size = null, TimeSpan? every = null, string? cron = null, bool all = false, string? from = null)
    {
        BranchTrigger trigger = BranchTrigger.Create(History.Name(on), commits, size, every, cron, all, _history.Time.GetUtcNow());
        return await _history.Branches.CreateAsync(History.Repo, History.Name(name), from is null ? null : History.At(from), trigger, default);
    }
}
