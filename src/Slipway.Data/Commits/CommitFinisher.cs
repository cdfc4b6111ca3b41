using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>The end of every commit, inside of a transaction: its last form, its branch's head, the hook.</summary>
internal sealed class CommitFinisher(RepoTables repos, CommitTables commits, ICommitHook? hook, TimeProvider time)
{
    /// <summary>Finishes <paramref name="commit"/>, which has its tree and size; it fails where it has an error.</summary>
    /// <param name="head">The branch's head, which becomes the parent.</param>
    public async ValueTask<Commit> FinishAsync(IMetadataTransaction transaction, Commit commit, GlobalId? head, CancellationToken cancellationToken)
    {
        Commit? parent = head is { } id ? await commits.FindAsync(transaction, commit.Repo, id, cancellationToken) : null;
        Commit finished = commit with
        {
            Parent = head,
            State = commit.Error is null ? CommitState.Finished : CommitState.Failed,
            Finished = time.GetUtcNow(),
        };
        if (finished.State == CommitState.Finished)
        {
            finished = finished with { Id = CommitEncoding.IdOf(finished, parent?.Id) };
            await repos.PutBranchAsync(transaction, new Branch(finished.Repo, finished.Branch, finished.GlobalId), cancellationToken);
        }

        await commits.PutAsync(transaction, finished, cancellationToken);
        if (hook is not null)
        {
            await hook.CommitFinishedAsync(transaction, finished, cancellationToken);
        }

        return finished;
    }
}
