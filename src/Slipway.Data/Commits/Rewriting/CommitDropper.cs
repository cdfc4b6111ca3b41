using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits.Rewriting;

/// <summary>
/// Takes finished commits away: their rows are deleted in one transaction, and what only they held is left to the next collection.
/// A commit that others depend on goes with all of them or not at all.
/// </summary>
public sealed class CommitDropper(IMetadataStore metadata, CommitStore commits, TimeProvider time)
{
    private const int NamedAtMost = 8;

    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();
    private readonly Journal _journal = new();

    /// <summary>
    /// Drops a commit, open or finished. The branch on which it stands last goes back to the commit before it, and pipelines that read the
    /// branch follow.
    /// </summary>
    /// <param name="withDependents">
    /// Also drops, all the way down, the commits that stand on it and those that pipelines computed from it, removes their tags, and moves every branch back.
    /// </param>
    /// <param name="dryRun">Only says what would happen.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: something depends on it, by name; or it is a pipeline's output.
    /// </exception>
    public async ValueTask<DropPlan> DropAsync(CommitReference reference, bool withDependents, bool dryRun, CancellationToken cancellationToken)
    {
        DropPlan plan = await (dryRun
            ? metadata.ReadAsync(r => PlanAsync(r, reference, withDependents, cancellationToken), cancellationToken)
            : metadata.WriteAsync(
                async t =>
                {
                    DropPlan decided = await PlanAsync(t, reference, withDependents, cancellationToken);
                    await DoAsync(t, decided, cancellationToken);
                    return decided;
                },
                cancellationToken));
        if (!dryRun)
        {
            commits.NotifyChanged();
        }

        return plan;
    }

    private async ValueTask<DropPlan> PlanAsync(IMetadataReader reader, CommitReference reference, bool withDependents, CancellationToken cancellationToken)
    {
        Commit target = await commits.ResolveAsync(reader, reference, cancellationToken);
        if (target.Origin == CommitOrigin.Pipeline)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"{target.Reference} is the output of a pipeline's job: it goes with the commit that it was computed from",
                "Drop that one with --with-dependents; slipway commit inspect names it.");
        }

        Dependents dependents = new(_repos, _commits);
        BranchName own = BranchName.TryParse(reference.Base, out BranchName named)
            && await _repos.FindBranchAsync(reader, target.Repo, named, cancellationToken) is not null ? named : target.Branch;
        if (!withDependents)
        {
            await CheckFreeAsync(reader, dependents, target, own, cancellationToken);
        }

        // Breadth first, then turned around: what depends on a commit comes before it.
        List<Commit> going = [target];
        HashSet<(RepoName, GlobalId)> seen = [(target.Repo, target.GlobalId)];
        for (int at = 0; at < going.Count && withDependents; at++)
        {
            await foreach ((_, Commit next) in dependents.CommitsAsync(reader, going[at], cancellationToken))
            {
                if (seen.Add((next.Repo, next.GlobalId)))
                {
                    going.Add(next);
                }
            }
        }

        ImmutableArray<Branch>.Builder branches = ImmutableArray.CreateBuilder<Branch>();
        ImmutableArray<Tag>.Builder tags = ImmutableArray.CreateBuilder<Tag>();
        foreach (Commit commit in going)
        {
            tags.AddRange(await dependents.TagsAsync(reader, commit, cancellationToken));
            foreach (Branch branch in await dependents.BranchesAsync(reader, commit, cancellationToken))
            {
                branches.Add(branch with { Head = await NearestAsync(reader, commit, seen, cancellationToken) });
            }
        }

        going.Reverse();
        return new DropPlan([.. going], branches.ToImmutable(), tags.ToImmutable());
    }

    private async ValueTask CheckFreeAsync(
        IMetadataReader reader, Dependents dependents, Commit target, BranchName own, CancellationToken cancellationToken)
    {
        List<Dependent> found = await dependents.CommitsAsync(reader, target, cancellationToken)
            .Select(d => new Dependent(d.Kind, target.Reference, d.Commit.Reference.ToString())).ToListAsync(cancellationToken);
        found.AddRange((await dependents.BranchesAsync(reader, target, cancellationToken)).Where(b => b.Name != own)
            .Select(b => new Dependent(DependentKind.Branch, target.Reference, $"{b.Repo}@{b.Name}")));
        found.AddRange((await dependents.TagsAsync(reader, target, cancellationToken))
            .Select(t => new Dependent(DependentKind.Tag, target.Reference, $"{t.Repo}@{t.Name}")));
        if (found.Count > 0)
        {
            string more = found.Count > NamedAtMost ? $", and {found.Count - NamedAtMost} more" : "";
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"{target.Reference} cannot be dropped alone: {string.Join(", ", found.Take(NamedAtMost))}{more}",
                $"To drop all of that with it: slipway commit drop --with-dependents {target.Reference} (--dry-run shows it first)");
        }
    }

    // The first ancestor that stays; it must have its files, since a branch is going to stand there.
    private async ValueTask<GlobalId?> NearestAsync(
        IMetadataReader reader, Commit commit, HashSet<(RepoName, GlobalId)> going, CancellationToken cancellationToken)
    {
        Commit? at = commit;
        while (at is not null && going.Contains((at.Repo, at.GlobalId)))
        {
            at = at.Parent is { } parent ? await _commits.FindAsync(reader, at.Repo, parent, cancellationToken) : null;
        }

        at?.ThrowIfDropped();
        return at?.GlobalId;
    }

    private async ValueTask DoAsync(IMetadataTransaction transaction, DropPlan plan, CancellationToken cancellationToken)
    {
        foreach (Tag tag in plan.Tags)
        {
            await _repos.DeleteTagAsync(transaction, tag.Repo, tag.Name, cancellationToken);
        }

        foreach (Branch branch in plan.Branches)
        {
            await _repos.PutBranchAsync(transaction, branch, cancellationToken);
        }

        foreach (Commit commit in plan.Commits)
        {
            await _journal.DeleteAsync(transaction, commit.Repo, commit.GlobalId, cancellationToken);
            await _commits.DeleteAsync(transaction, commit, cancellationToken);
        }

        // A pipeline's own branch tells nobody: what follows from the jobs that now start comes by them.
        List<Branch> moved = [];
        foreach (Branch branch in plan.Branches.Where(b => b.Head is not null))
        {
            IReadOnlyList<BranchUse> uses = commits.Hook is { } hook ? await hook.UsesAsync(transaction, branch.Repo, branch.Name, cancellationToken) : [];
            if (!uses.Any(use => use.Writes))
            {
                moved.Add(branch);
            }
        }

        Commit target = plan.Commits[^1];
        if (moved.Count > 0)
        {
            await commits.Finisher.AnnounceAsync(
                transaction, new HeadMoves(GlobalId.New(time, target.GlobalId), $"commit {target.Reference} dropped", [.. moved]), cancellationToken);
        }
    }
}
