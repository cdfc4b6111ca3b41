using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Data.Commits;

/// <summary>A commit of which everything is ready but the transaction: its tree is flushed, and stands on one head of its branch.</summary>
/// <param name="Basis">The head that it was built on; null where the branch had none.</param>
/// <param name="Take">Returns the open commit to finish; null where what it was built from is no longer all of it.</param>
internal sealed record BuiltCommit(
    RepoName Repo, BranchName Branch, GlobalId? Basis, Digest Tree, long Size, Func<IMetadataTransaction, ValueTask<Commit?>> Take);

/// <summary>Builds trees of commits outside of the transaction that finishes them, and finishes one or several in one.</summary>
internal sealed class CommitBuilder(IMetadataStore metadata, RepoContents contents, RepoTables repos, CommitTables commits)
{
    /// <summary>Reads a head and what is to be done to it in one snapshot, makes the tree of it, and flushes that.</summary>
    /// <param name="read">What is to be done, read beside the head.</param>
    /// <param name="build">The tree, from that and the head's tree.</param>
    /// <param name="take">See <see cref="BuiltCommit"/>.</param>
    public async ValueTask<BuiltCommit> BuildAsync<T>(
        RepoName repo,
        BranchName branch,
        Func<IMetadataReader, Commit?, ValueTask<T>> read,
        Func<T, Digest, ValueTask<Digest>> build,
        Func<IMetadataTransaction, T, ValueTask<Commit?>> take,
        CancellationToken cancellationToken)
    {
        (T plan, Commit? head) = await metadata.ReadAsync(
            async r =>
            {
                GlobalId? id = (await repos.FindBranchAsync(r, repo, branch, cancellationToken))?.Head;
                Commit? basis = id is { } known ? await commits.FindAsync(r, repo, known, cancellationToken) : null;
                return (await read(r, basis), basis);
            },
            cancellationToken);
        head?.ThrowIfDropped();
        RepoContent content = contents.Of(repo);
        Digest tree = await build(plan, head?.Tree ?? await content.Trees.EmptyAsync(cancellationToken));
        long size = (await content.Trees.FindAsync(tree, DataPath.Root, cancellationToken))!.Size;
        await content.Blobs.FlushAsync(cancellationToken);
        return new BuiltCommit(repo, branch, head?.GlobalId, tree, size, t => take(t, plan));
    }

    /// <summary>Finishes built commits in the transaction, without telling anybody of it yet.</summary>
    /// <exception cref="StaleHeadException">A head moved, or a commit was added to, since it was built: build again.</exception>
    public async ValueTask<List<Commit>> FinishAsync(
        IMetadataTransaction transaction, CommitFinisher finisher, IReadOnlyList<BuiltCommit> built, CancellationToken cancellationToken)
    {
        List<Commit> finished = new(built.Count);
        foreach (BuiltCommit one in built)
        {
            Branch? current = await repos.FindBranchAsync(transaction, one.Repo, one.Branch, cancellationToken);
            Commit open = current?.Head == one.Basis && await one.Take(transaction) is { } taken ? taken : throw new StaleHeadException();
            finished.Add(await finisher.WriteAsync(transaction, open with { Tree = one.Tree, Size = one.Size }, one.Basis, cancellationToken));
        }

        return finished;
    }
}
