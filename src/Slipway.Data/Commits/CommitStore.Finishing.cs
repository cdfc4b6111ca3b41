using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <content>How commits are finished: built outside of a transaction, then one or several in one.</content>
public sealed partial class CommitStore
{
    /// <summary>
    /// Builds a commit and finishes it in a transaction of its own, again and again until the head has not moved in between. Writers of this
    /// process take turns, so that one of many edits is not starved by many of few; others are found by the comparison.
    /// </summary>
    internal async ValueTask<Commit> FinishBuiltAsync(
        RepoName repo, BranchName branch, Func<ValueTask<BuiltCommit>> build, CancellationToken cancellationToken)
    {
        using IDisposable turn = await EnterAsync(repo, branch, cancellationToken);
        while (true)
        {
            if (await TryFinishAsync(await build(), cancellationToken) is { } finished)
            {
                return finished;
            }
        }
    }

    /// <summary>Waits for the turn of a writer of the branch within this process; dispose the result to end it.</summary>
    internal ValueTask<IDisposable> EnterAsync(RepoName repo, BranchName branch, CancellationToken cancellationToken) =>
        _finishes.EnterAsync(repo, branch, cancellationToken);

    /// <summary>Finishes a built commit in a transaction of its own and tells of it; null where the head moved since it was built.</summary>
    internal async ValueTask<Commit?> TryFinishAsync(BuiltCommit built, CancellationToken cancellationToken)
    {
        List<Commit>? finished = await TryFinishAsync([built], null, null, $"commit {built.Repo}@{built.Branch}", cancellationToken);
        return finished?[0];
    }

    /// <summary>Builds commits of several repos and finishes all of them in one transaction, again and again until no head has moved in between.</summary>
    /// <param name="also">More moves in the same transaction; the branches as they are then.</param>
    /// <param name="wave">The global id of what follows; null: that of the first commit.</param>
    internal async ValueTask<List<Commit>> FinishTogetherAsync(
        Func<ValueTask<IReadOnlyList<BuiltCommit>>> build,
        Func<IMetadataTransaction, ValueTask<List<Branch>>>? also,
        GlobalId? wave,
        string cause,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryFinishAsync(await build(), also, wave, cause, cancellationToken) is { } finished)
            {
                return finished;
            }
        }
    }

    private async ValueTask<List<Commit>?> TryFinishAsync(
        IReadOnlyList<BuiltCommit> built,
        Func<IMetadataTransaction, ValueTask<List<Branch>>>? also,
        GlobalId? wave,
        string cause,
        CancellationToken cancellationToken)
    {
        try
        {
            List<Commit> finished = await metadata.WriteAsync(
                async t =>
                {
                    List<Commit> done = await Builder.FinishAsync(t, Finisher, built, cancellationToken);
                    List<Branch> moved = also is null ? [] : await also(t);
                    HeadMoves moves = new(wave ?? done[0].GlobalId, cause, [.. done.Select(c => new Branch(c.Repo, c.Branch, c.GlobalId)), .. moved]);
                    await Finisher.AnnounceAsync(t, moves, cancellationToken);
                    return done;
                },
                cancellationToken);
            NotifyChanged();
            return finished;
        }
        catch (StaleHeadException)
        {
            return null;
        }
    }

    private async ValueTask<BranchName> BranchToFinishAsync(IMetadataReader reader, RepoName repo, GlobalId id, CancellationToken cancellationToken)
    {
        Commit open = await GetOpenAsync(reader, repo, id, cancellationToken);
        return await _transactions.FindAsync(reader, id, cancellationToken) is null ? open.Branch : throw new SlipwayException(
            ErrorKind.FailedPrecondition, $"commit {open.Reference} is part of a transaction, and finishes with it", $"To finish it: slipway transaction finish {id}");
    }

    /// <summary>Folds an open commit's journal over the head of its branch.</summary>
    internal async ValueTask<BuiltCommit> BuildOpenAsync(RepoName repo, BranchName branch, GlobalId id, CancellationToken cancellationToken) =>
        await Builder.BuildAsync(
            repo,
            branch,
            async (r, _) => (Pages: await _journal.CountAsync(r, repo, id, cancellationToken), Edits: await _journal.ReadAsync(r, repo, id, cancellationToken)),
            (journal, basis) => contents.Of(repo).Trees.ApplyAsync(basis, journal.Edits, cancellationToken),
            async (t, journal) =>
            {
                Commit open = await GetOpenAsync(t, repo, id, cancellationToken);
                bool same = await _journal.CountAsync(t, repo, id, cancellationToken) == journal.Pages;
                await _journal.DeleteAsync(t, repo, id, cancellationToken);
                return same && open.Branch == branch ? open : null;
            },
            cancellationToken);
}
