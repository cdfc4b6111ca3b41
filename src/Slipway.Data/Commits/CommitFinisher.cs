using System.Collections.Immutable;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;
using Slipway.Data.Triggers;

namespace Slipway.Data.Commits;

/// <summary>The end of every commit and the move of every head, inside of a transaction.</summary>
internal sealed class CommitFinisher(RepoTables repos, CommitTables commits, ICommitHook? hook, TimeProvider time)
{
    private readonly Ancestry _ancestry = new(commits);
    private readonly TriggerRunner _triggers = new(repos, commits, time);

    /// <summary>
    /// Writes the last form of <paramref name="commit"/>, which has its tree and size, and moves its branch; where it has an error it has
    /// failed and the branch stays. What follows from the move is for <see cref="AnnounceAsync"/>, once all of the transaction is written.
    /// </summary>
    /// <param name="head">The branch's head, which becomes the parent.</param>
    public async ValueTask<Commit> WriteAsync(IMetadataTransaction transaction, Commit commit, GlobalId? head, CancellationToken cancellationToken)
    {
        Commit? parent = await FindAsync(transaction, commit.Repo, head, cancellationToken);
        Commit? mergedFrom = await FindAsync(transaction, commit.Repo, commit.MergedFrom, cancellationToken);
        Commit finished = commit with
        {
            Parent = head,
            State = commit.Error is null ? CommitState.Finished : CommitState.Failed,
            Finished = time.GetUtcNow(),
            Expires = null,
        };
        finished = await _ancestry.PlaceAsync(transaction, finished, parent, mergedFrom, cancellationToken);
        if (finished.State == CommitState.Finished)
        {
            finished = finished with { Id = CommitEncoding.IdOf(finished, parent?.Id, mergedFrom?.Id) };
            Branch? branch = await repos.FindBranchAsync(transaction, finished.Repo, finished.Branch, cancellationToken);
            await repos.PutBranchAsync(
                transaction, (branch ?? new Branch(finished.Repo, finished.Branch, null)) with { Head = finished.GlobalId }, cancellationToken);
        }

        await commits.PutAsync(transaction, finished, cancellationToken);
        return finished;
    }

    /// <summary>Tells of heads that moved. The last step of a transaction, and at most once in it, so that whoever reads two of them starts once.</summary>
    public async ValueTask AnnounceAsync(IMetadataTransaction transaction, HeadMoves moves, CancellationToken cancellationToken)
    {
        ImmutableArray<Branch> fired = await _triggers.FireAsync(transaction, moves.Branches, cancellationToken);
        if (hook is not null)
        {
            await hook.HeadsMovedAsync(transaction, moves with { Branches = [.. moves.Branches, .. fired] }, cancellationToken);
        }
    }

    /// <summary>Fires the triggers on a pipeline's branch that its job has moved; what they move is told under an id of its own.</summary>
    public async ValueTask AnnounceOutputAsync(IMetadataTransaction transaction, Commit output, CancellationToken cancellationToken)
    {
        Branch moved = new(output.Repo, output.Branch, output.GlobalId);
        ImmutableArray<Branch> fired = await _triggers.FireAsync(transaction, [moved], cancellationToken);
        if (hook is not null && !fired.IsEmpty)
        {
            HeadMoves moves = new(GlobalId.New(time, output.GlobalId), $"trigger on {output.Repo}@{output.Branch}", fired);
            await hook.HeadsMovedAsync(transaction, moves, cancellationToken);
        }
    }

    private async ValueTask<Commit?> FindAsync(IMetadataReader reader, RepoName repo, GlobalId? id, CancellationToken cancellationToken) =>
        id is { } known ? await commits.FindAsync(reader, repo, known, cancellationToken) : null;
}
