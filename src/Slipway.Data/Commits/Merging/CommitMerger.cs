using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Trees.Merging;

namespace Slipway.Data.Commits.Merging;

/// <summary>
/// Brings what other commits changed to a branch: a merge of another branch, the revert of a commit. The trees are merged outside of the
/// metadata's transaction, which then compares the head and swaps it; where it moved in between, all of it is done again. A conflict changes nothing.
/// </summary>
public sealed class CommitMerger(IMetadataStore metadata, RepoContents contents, CommitStore commits, TimeProvider time)
{
    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();

    /// <summary>Merges a commit into a branch of the same repo.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: a pipeline writes the repo, or the commit is of another repo or not finished.
    /// </exception>
    public ValueTask<MergeResult> MergeAsync(
        CommitReference from, RepoName repo, BranchName into, MergeOptions options, CancellationToken cancellationToken)
    {
        if (from.Repo != repo)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"{from} cannot be merged into repo {repo}: only commits of one repo have a history in common",
                $"To copy files without moving their bytes: slipway cp {from}:/ {repo}@{into}:/");
        }

        return FinishAsync(repo, into, r => PlanMergeAsync(r, from, repo, into, options, cancellationToken), options, cancellationToken);
    }

    /// <summary>Undoes on a branch what one commit changed since its (first) parent.</summary>
    /// <param name="onto">Null: the branch that the reference names, else that on which the commit was made.</param>
    /// <exception cref="SlipwayException">As <see cref="MergeAsync"/>.</exception>
    public async ValueTask<MergeResult> RevertAsync(
        CommitReference of, BranchName? onto, MergeOptions options, CancellationToken cancellationToken)
    {
        BranchName branch = onto ?? await metadata.ReadAsync(
            async r => BranchName.TryParse(of.Base, out BranchName named) && await _repos.FindBranchAsync(r, of.Repo, named, cancellationToken) is not null
                ? named
                : (await commits.ResolveAsync(r, of, cancellationToken)).Branch,
            cancellationToken);
        return await FinishAsync(of.Repo, branch, r => PlanRevertAsync(r, of, branch, options, cancellationToken), options, cancellationToken);
    }

    private async ValueTask<MergeResult> FinishAsync(
        RepoName repo, BranchName branch, Func<IMetadataReader, ValueTask<Plan>> read, MergeOptions options, CancellationToken cancellationToken)
    {
        using IDisposable turn = await commits.EnterAsync(repo, branch, cancellationToken);
        while (true)
        {
            Plan plan = await metadata.ReadAsync(read, cancellationToken);
            if (plan.Decided is { } decided)
            {
                return decided;
            }

            Commit? moved = plan.FastForward
                ? await FastForwardAsync(repo, branch, plan, cancellationToken)
                : null;
            if (moved is not null)
            {
                return MergeResult.Of(MergeKind.FastForwarded, moved);
            }

            if (plan.FastForward)
            {
                continue;
            }

            RepoContent content = contents.Of(repo);
            Digest empty = await content.Trees.EmptyAsync(cancellationToken);
            Digest ours = plan.Head?.Tree ?? empty;
            MergeOutcome outcome = await content.Trees.MergeAsync(plan.Basis ?? empty, ours, plan.Theirs ?? empty, options.Favor, cancellationToken);
            if (outcome.Tree is not { } tree)
            {
                return new MergeResult(MergeKind.Conflicted, plan.Head, outcome.Conflicts);
            }

            if (tree == ours && plan.MergedFrom is null)
            {
                return MergeResult.Of(MergeKind.UpToDate, plan.Head);
            }

            long size = (await content.Trees.FindAsync(tree, DataPath.Root, cancellationToken))!.Size;
            await content.Blobs.FlushAsync(cancellationToken);
            BuiltCommit built = new(repo, branch, plan.Head?.GlobalId, tree, size, t => TakeAsync(t, repo, branch, plan, options, cancellationToken));
            if (await commits.TryFinishAsync(built, cancellationToken) is { } commit)
            {
                return MergeResult.Of(MergeKind.Committed, commit);
            }
        }
    }

    private async ValueTask<Plan> PlanMergeAsync(
        IMetadataReader reader, CommitReference reference, RepoName repo, BranchName into, MergeOptions options, CancellationToken cancellationToken)
    {
        Commit from = await FinishedAsync(reader, reference, cancellationToken);
        Commit? head = await HeadAsync(reader, repo, into, cancellationToken);
        Commit? basis = head is null ? null : await new MergeBase(_commits).FindAsync(reader, head, from, cancellationToken);
        from.ThrowIfDropped();
        basis?.ThrowIfDropped();
        head?.ThrowIfDropped();
        Plan plan = new(from, head, options.Message ?? $"merge {reference.Revision} into {into}");
        if (basis is not null && basis.GlobalId == from.GlobalId)
        {
            return plan with { Decided = MergeResult.Of(MergeKind.UpToDate, head) };
        }

        return plan with
        {
            FastForward = basis?.GlobalId == head?.GlobalId && (options.FastForward || head is null),
            Basis = basis?.Tree,
            Theirs = from.Tree,
            MergedFrom = from.GlobalId,
        };
    }

    private async ValueTask<Plan> PlanRevertAsync(
        IMetadataReader reader, CommitReference reference, BranchName onto, MergeOptions options, CancellationToken cancellationToken)
    {
        Commit of = await FinishedAsync(reader, reference, cancellationToken);
        Commit? head = await HeadAsync(reader, of.Repo, onto, cancellationToken);
        Commit? parent = of.Parent is not { } id ? null : await _commits.FindAsync(reader, of.Repo, id, cancellationToken) ?? throw new SlipwayException(
            ErrorKind.FailedPrecondition, $"{of.Reference} cannot be reverted: the commit before it was removed, so what it changed is not known any more");
        of.ThrowIfDropped();
        parent?.ThrowIfDropped();
        head?.ThrowIfDropped();
        string message = options.Message ?? $"revert {of.GlobalId}{(of.Message.Length > 0 ? ": " : "")}{of.Message}";
        return new Plan(of, head, message) { Basis = of.Tree, Theirs = parent?.Tree };
    }

    // The source must still be there when the new commit is written: a reference to what a collection may already take away revives nothing.
    private async ValueTask<Commit?> TakeAsync(
        IMetadataTransaction transaction, RepoName repo, BranchName branch, Plan plan, MergeOptions options, CancellationToken cancellationToken)
    {
        if (await _commits.FindAsync(transaction, repo, plan.Source.GlobalId, cancellationToken) is not { Tree: not null })
        {
            throw new SlipwayException(ErrorKind.NotFound, $"commit {plan.Source.Reference} was removed meanwhile");
        }

        Commit open = await commits.NewUserCommitAsync(transaction, repo, branch, plan.Message, options.Author, cancellationToken);
        return open with { MergedFrom = plan.MergedFrom };
    }

    private async ValueTask<Commit?> FastForwardAsync(RepoName repo, BranchName name, Plan plan, CancellationToken cancellationToken)
    {
        Commit? moved = await metadata.WriteAsync(
            async t =>
            {
                await commits.CheckWritableAsync(t, repo, cancellationToken);
                Branch? branch = await _repos.FindBranchAsync(t, repo, name, cancellationToken);
                if (branch?.Head != plan.Head?.GlobalId || await _commits.FindAsync(t, repo, plan.Source.GlobalId, cancellationToken) is not { Tree: not null } target)
                {
                    return null;
                }

                Branch next = branch! with { Head = target.GlobalId };
                await _repos.PutBranchAsync(t, next, cancellationToken);
                await commits.Finisher.AnnounceAsync(
                    t, new HeadMoves(GlobalId.New(time, target.GlobalId), $"branch {repo}@{name} moved by a merge", [next]), cancellationToken);
                return target;
            },
            cancellationToken);
        commits.NotifyChanged();
        return moved;
    }

    private async ValueTask<Commit> FinishedAsync(IMetadataReader reader, CommitReference reference, CancellationToken cancellationToken)
    {
        Commit commit = await commits.ResolveAsync(reader, reference, cancellationToken);
        return commit.State == CommitState.Finished
            ? commit
            : throw new SlipwayException(ErrorKind.FailedPrecondition, $"{commit.Reference} {(commit.State == CommitState.Open ? "is still open" : "has failed")}");
    }

    private async ValueTask<Commit?> HeadAsync(IMetadataReader reader, RepoName repo, BranchName branch, CancellationToken cancellationToken)
    {
        await new RevisionResolver(_repos, _commits).CheckExistsAsync(reader, repo, branch, cancellationToken);
        await commits.CheckWritableAsync(reader, repo, cancellationToken);
        return await commits.HeadAsync(reader, repo, branch, cancellationToken);
    }

    // What is to be done, as read in one snapshot: the trees to merge, or that it is done already.
    private sealed record Plan(Commit Source, Commit? Head, string Message)
    {
        public MergeResult? Decided { get; init; }

        public bool FastForward { get; init; }

        public Digest? Basis { get; init; }

        public Digest? Theirs { get; init; }

        public GlobalId? MergedFrom { get; init; }
    }
}
