using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <content>The commits that pipelines make.</content>
public sealed partial class CommitStore
{
    /// <summary>Opens the commit of a pipeline's output. It takes no edits: it is finished with a whole tree.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.AlreadyExists"/>: the repo has a commit of this global id; <see cref="ErrorKind.NotFound"/>: no such repo.</exception>
    public async ValueTask<Commit> StartOutputAsync(
        IMetadataTransaction transaction,
        RepoName repo,
        BranchName branch,
        GlobalId id,
        ImmutableArray<ProvenanceLink> provenance,
        string message,
        CancellationToken cancellationToken)
    {
        Repo owner = await _repos.GetAsync(transaction, repo, cancellationToken);
        if (await _commits.FindAsync(transaction, repo, id, cancellationToken) is not null)
        {
            throw new SlipwayException(ErrorKind.AlreadyExists, $"repo {repo} has a commit {id} already");
        }

        Commit commit = new()
        {
            Repo = repo,
            Branch = branch,
            GlobalId = id,
            Provenance = provenance,
            Origin = CommitOrigin.Pipeline,
            State = CommitState.Open,
            Message = message,
            Author = owner.Pipeline is null ? "" : $"pipeline {owner.Pipeline}",
            Started = time.GetUtcNow(),
        };
        await _commits.PutAsync(transaction, commit, cancellationToken);
        await EnsureBranchAsync(transaction, repo, branch, cancellationToken);
        return commit;
    }

    /// <summary>
    /// Finishes the commit of a pipeline's output with a tree that the caller has flushed. With <paramref name="error"/> it has failed: it is
    /// readable, but is not the head and nothing builds on it. Its parent is the branch's head of this moment.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: not open, or a user's.</exception>
    public async ValueTask<Commit> FinishOutputAsync(
        IMetadataTransaction transaction, RepoName repo, GlobalId id, Digest tree, string? error, CancellationToken cancellationToken)
    {
        Commit open = await GetOpenAsync(transaction, repo, id, cancellationToken, CommitOrigin.Pipeline);
        Branch? branch = await _repos.FindBranchAsync(transaction, repo, open.Branch, cancellationToken);

        // One node of the tree is read, usually from memory: the caller has just written it.
        long size = (await contents.Of(repo).Trees.FindAsync(tree, DataPath.Root, cancellationToken))!.Size;
        Commit finished = await Finisher.WriteAsync(transaction, open with { Error = error, Tree = tree, Size = size }, branch?.Head, cancellationToken);
        if (finished.State == CommitState.Finished)
        {
            await Finisher.AnnounceOutputAsync(transaction, finished, cancellationToken);
        }

        return finished;
    }
}
