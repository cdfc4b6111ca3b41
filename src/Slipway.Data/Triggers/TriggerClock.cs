using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Transactions;
using Slipway.Data.Trees;

namespace Slipway.Data.Triggers;

/// <summary>
/// What the clock does to data: it moves branches whose triggers wait for a time or for an amount of data, and drops open commits and transactions
/// whose time is over. One loop, which wakes when commits change and when the next time comes. All that it knows is stored: after a restart it
/// goes on, and a time of a schedule that was missed counts once.
/// </summary>
public sealed class TriggerClock : IAsyncDisposable
{
    // Changes come in crowds: they are looked at together.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly IMetadataStore _metadata;
    private readonly RepoContents _contents;
    private readonly CommitStore _commits;
    private readonly TransactionStore _transactions;
    private readonly TimeProvider _time;
    private readonly Action<Exception>? _onFault;
    private readonly RepoTables _repos = new();
    private readonly CommitTables _tables = new();
    private readonly TriggerRunner _runner;
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;

    /// <summary>Makes a clock; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="onFault">Hears of failures; the loop goes on.</param>
    public TriggerClock(
        IMetadataStore metadata, RepoContents contents, CommitStore commits, TransactionStore transactions, TimeProvider time, Action<Exception>? onFault)
    {
        (_metadata, _contents, _commits, _transactions, _time, _onFault) = (metadata, contents, commits, transactions, time, onFault);
        _runner = new TriggerRunner(_repos, _tables, time);
    }

    /// <summary>Starts the loop. Once.</summary>
    public void Start()
    {
        _commits.Changed += Wake;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Does what is due now.</summary>
    /// <returns>When the clock next matters; null where only a change can bring something.</returns>
    public async ValueTask<DateTimeOffset?> LookAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = Earlier(await _commits.ExpireAsync(cancellationToken), await _transactions.ExpireAsync(cancellationToken));
        List<Branch> waiting = await _metadata.ReadAsync(r => _repos.TriggeredAsync(r, cancellationToken), cancellationToken);
        foreach (Branch branch in waiting.Where(b => b.Trigger!.NeedsLook))
        {
            try
            {
                Branch now = await LookAsync(branch, cancellationToken);
                next = Earlier(next, now.Trigger?.NextAt(_time.GetUtcNow()));
            }
            catch (SlipwayException fault) when (_onFault is not null)
            {
                // Its project is locked, or a tree cannot be read: no reason for the others to wait.
                _onFault(fault);
            }
        }

        return next;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _commits.Changed -= Wake;
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private void Wake() => Volatile.Read(ref _changed).TrySetResult();

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Volatile.Write(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                Task changed = _changed.Task;
                DateTimeOffset? next = await LookAsync(_stop.Token);
                TimeSpan sleep = next is { } due ? due - _time.GetUtcNow() : LongestSleep;
                await Task.Delay(Pause, _time, _stop.Token);
                if (sleep > Pause)
                {
                    using CancellationTokenSource woken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                    await Task.WhenAny(changed, Task.Delay(sleep < LongestSleep ? sleep - Pause : LongestSleep, _time, woken.Token));
                    await woken.CancelAsync();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                _onFault?.Invoke(fault);
                await Task.WhenAny(Task.Delay(FaultPause, _time, _stop.Token));
            }
        }
    }

    /// <summary>Moves a branch where its trigger holds, else takes note of a time that came; the branch as it is then.</summary>
    private async ValueTask<Branch> LookAsync(Branch branch, CancellationToken cancellationToken)
    {
        BranchTrigger trigger = branch.Trigger!;
        DateTimeOffset now = _time.GetUtcNow();
        (Branch? on, long? count, Digest? before, Digest? after) = await _metadata.ReadAsync(r => ReadAsync(r, branch, cancellationToken), cancellationToken);
        bool holds = on is not null && count is { } commits && trigger.Holds(commits, await SizeAsync(branch, before, after, cancellationToken), now);
        if (!holds && trigger.IsTicked(now) != true)
        {
            return branch;
        }

        bool moved = false;
        Branch written = await _metadata.WriteAsync(
            async t =>
            {
                moved = false;
                Branch? current = await _repos.FindBranchAsync(t, branch.Repo, branch.Name, cancellationToken);
                Branch? followed = await _repos.FindBranchAsync(t, branch.Repo, trigger.On, cancellationToken);
                if (current != branch || followed?.Head != on?.Head)
                {
                    // Somebody was faster; that change has woken the loop again.
                    return current ?? branch with { Trigger = null };
                }

                if (holds)
                {
                    moved = true;
                    Branch next = await _runner.MoveAsync(t, branch, on!.Head!.Value, cancellationToken);
                    await _commits.Finisher.AnnounceAsync(
                        t, new HeadMoves(GlobalId.New(_time, next.Head), $"branch {branch.Repo}@{branch.Name} moved by its trigger", [next]), cancellationToken);
                    return next;
                }

                Branch noted = branch with { Trigger = trigger with { Looked = now } };
                await _repos.PutBranchAsync(t, noted, cancellationToken);
                return noted;
            },
            cancellationToken);
        if (moved)
        {
            _commits.NotifyChanged();
        }

        return written;
    }

    private async ValueTask<(Branch? On, long? Count, Digest? Before, Digest? After)> ReadAsync(
        IMetadataReader reader, Branch branch, CancellationToken cancellationToken)
    {
        Branch? on = await _repos.FindBranchAsync(reader, branch.Repo, branch.Trigger!.On, cancellationToken);
        long? count = on is null ? null : await _runner.CountNewAsync(reader, branch, on, cancellationToken);
        return (on, count, await TreeAsync(branch.Head), await TreeAsync(on?.Head));

        async ValueTask<Digest?> TreeAsync(GlobalId? id) =>
            id is { } known ? (await _tables.FindAsync(reader, branch.Repo, known, cancellationToken))?.Tree : null;
    }

    // The bytes of the files that were added or changed; counted no further than the trigger asks.
    private async ValueTask<long> SizeAsync(Branch branch, Digest? before, Digest? after, CancellationToken cancellationToken)
    {
        if (branch.Trigger!.Size is not { } enough || after is not { } tree)
        {
            return 0;
        }

        TreeStore trees = _contents.Of(branch.Repo).Trees;
        long size = 0;
        await foreach (TreeChange change in trees.DiffAsync(before ?? await trees.EmptyAsync(cancellationToken), tree, cancellationToken))
        {
            size += change.After?.Size ?? 0;
            if (size >= enough)
            {
                break;
            }
        }

        return size;
    }
}
