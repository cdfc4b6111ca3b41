using System.Collections.Immutable;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Triggers;

/// <summary>Moves branches by their triggers, inside of the transaction in which the branch that they follow moved.</summary>
internal sealed class TriggerRunner(RepoTables repos, CommitTables commits, TimeProvider time)
{
    private readonly Ancestry _ancestry = new(commits);

    /// <summary>Fires the triggers on these branches that the number of commits decides, and those on the branches that so move in turn.</summary>
    /// <returns>The branches that moved.</returns>
    public async ValueTask<ImmutableArray<Branch>> FireAsync(
        IMetadataTransaction transaction, IEnumerable<Branch> moved, CancellationToken cancellationToken)
    {
        ImmutableArray<Branch>.Builder fired = ImmutableArray.CreateBuilder<Branch>();
        Queue<Branch> ahead = new(moved);
        while (ahead.TryDequeue(out Branch? on))
        {
            foreach (Branch branch in await repos.FollowersAsync(transaction, on.Repo, on.Name, cancellationToken))
            {
                if (branch.Trigger is { CountDecides: true, Commits: { } most }
                    && await CountNewAsync(transaction, branch, on, cancellationToken) is { } count && count >= most)
                {
                    Branch next = await MoveAsync(transaction, branch, on.Head!.Value, cancellationToken);
                    fired.Add(next);
                    ahead.Enqueue(next);
                }
            }
        }

        return fired.ToImmutable();
    }

    /// <summary>Moves one branch as its trigger wants it.</summary>
    public async ValueTask<Branch> MoveAsync(IMetadataTransaction transaction, Branch branch, GlobalId head, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        Branch next = branch with { Head = head, Trigger = branch.Trigger! with { Fired = now, Looked = now } };
        await repos.PutBranchAsync(transaction, next, cancellationToken);
        return next;
    }

    /// <summary>
    /// How many commits the followed branch has that the other has not: null for none. Where the history was written anew, all of it counts.
    /// </summary>
    public async ValueTask<long?> CountNewAsync(IMetadataReader reader, Branch branch, Branch on, CancellationToken cancellationToken)
    {
        if (on.Head is not { } id || id == branch.Head || await commits.FindAsync(reader, on.Repo, id, cancellationToken) is not { } head)
        {
            return null;
        }

        Commit? at = branch.Head is { } old ? await commits.FindAsync(reader, branch.Repo, old, cancellationToken) : null;
        if (at is not null && await _ancestry.IsInLineAsync(reader, head, at, cancellationToken))
        {
            return null;
        }

        return at is not null && await _ancestry.IsInLineAsync(reader, at, head, cancellationToken) ? head.Ordinal - at.Ordinal : head.Ordinal;
    }
}
