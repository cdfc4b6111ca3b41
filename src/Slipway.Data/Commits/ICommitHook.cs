using Slipway.Content.Metadata;

namespace Slipway.Data.Commits;

/// <summary>Hears of finished commits inside of the transaction that finishes them, so that what follows from a commit is recorded with it or not at all.</summary>
public interface ICommitHook
{
    /// <summary>
    /// Called for commits of users and of pipelines, finished and failed. Must be short and do no I/O but through
    /// <paramref name="transaction"/>; an exception undoes the finish.
    /// </summary>
    ValueTask CommitFinishedAsync(IMetadataTransaction transaction, Commit commit, CancellationToken cancellationToken);
}
