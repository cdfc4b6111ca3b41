using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// What hears of moved heads inside of the transaction that moves them, so that what follows is recorded with it or not at all; and what
/// knows who depends on a branch.
/// </summary>
public interface ICommitHook
{
    /// <summary>
    /// Called once a transaction with every branch whose head people moved: by a finished commit, a merge, a move, a trigger. Not for the
    /// outputs of pipelines, which were made known with what caused them. Must be short and do no I/O but through
    /// <paramref name="transaction"/>; an exception undoes the whole transaction.
    /// </summary>
    ValueTask HeadsMovedAsync(IMetadataTransaction transaction, HeadMoves moves, CancellationToken cancellationToken);

    /// <summary>Who reads or writes a branch, or any branch of a repo where <paramref name="branch"/> is null.</summary>
    ValueTask<IReadOnlyList<BranchUse>> UsesAsync(IMetadataReader reader, RepoName repo, BranchName? branch, CancellationToken cancellationToken);
}
