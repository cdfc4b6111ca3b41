using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Triggers;

namespace Slipway.Data.Repos;

/// <summary>
/// Branches as people handle them: made from any commit, moved to any other, renamed, deleted; never a commit with them. A moved head
/// starts the pipelines that read the branch, as a new commit would. The forms that take a transaction are for callers that do more in
/// the same one; they tell nobody, so the caller announces the heads that it moved.
/// </summary>
public sealed class BranchStore(IMetadataStore metadata, CommitStore commits, TimeProvider time)
{
    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();

    /// <summary>Makes a branch, at a commit or empty.</summary>
    /// <param name="from">A commit of the same repo; null for an empty branch.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.AlreadyExists"/>: a branch or a tag has the name; <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>:
    /// the commit is of another repo, or not finished; <see cref="ErrorKind.InvalidArgument"/>: the name would be read as a commit's number.
    /// </exception>
    public ValueTask<Branch> CreateAsync(RepoName repo, BranchName name, CommitReference? from, CancellationToken cancellationToken) =>
        CreateAsync(repo, name, from, null, cancellationToken);

    /// <inheritdoc cref="CreateAsync(RepoName, BranchName, CommitReference?, CancellationToken)"/>
    /// <param name="trigger">What moves it from then on; looked at at once. Null: nothing but people.</param>
    public async ValueTask<Branch> CreateAsync(
        RepoName repo, BranchName name, CommitReference? from, BranchTrigger? trigger, CancellationToken cancellationToken)
    {
        Branch branch = await metadata.WriteAsync(
            async t =>
            {
                Branch made = await CreateAsync(t, repo, name, from, cancellationToken);
                if (trigger is not null)
                {
                    made = await FollowAsync(t, made with { Trigger = trigger }, cancellationToken);
                }

                await AnnounceAsync(t, made, $"branch {repo}@{name} created", cancellationToken);
                return made;
            },
            cancellationToken);
        commits.NotifyChanged();
        return branch;
    }

    /// <inheritdoc cref="CreateAsync(RepoName, BranchName, CommitReference?, CancellationToken)"/>
    public async ValueTask<Branch> CreateAsync(
        IMetadataTransaction transaction, RepoName repo, BranchName name, CommitReference? from, CancellationToken cancellationToken)
    {
        await _repos.GetAsync(transaction, repo, cancellationToken);
        Branch branch = await CheckMoveAsync(transaction, repo, name, null, from, cancellationToken);
        await _repos.PutBranchAsync(transaction, branch, cancellationToken);
        return branch;
    }

    /// <summary>A branch as it will be once it is made (where <paramref name="before"/> is null) or moved; throws where that is not allowed.</summary>
    internal async ValueTask<Branch> CheckMoveAsync(
        IMetadataReader reader, RepoName repo, BranchName name, Branch? before, CommitReference? to, CancellationToken cancellationToken)
    {
        if (before is null)
        {
            await new NameRules(_repos).CheckFreeAsync(reader, repo, name, cancellationToken);
        }
        else
        {
            await CheckUsesAsync(reader, before, writersOnly: true, "moved", cancellationToken);
        }

        Commit? target = to is null ? null : await TargetAsync(reader, repo, to, cancellationToken);
        return (before ?? new Branch(repo, name, null)) with { Head = target?.GlobalId };
    }

    /// <summary>Moves a branch to another finished commit of its repo, forwards or backwards. No commit is lost by it.</summary>
    /// <param name="expected">The head that the branch must have; null: whatever it has.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.Conflict"/>: it has another head than expected;
    /// <see cref="ErrorKind.FailedPrecondition"/>: a pipeline writes the branch, or the commit is of another repo or not finished.
    /// </exception>
    public async ValueTask<Branch> MoveAsync(
        RepoName repo, BranchName name, CommitReference to, GlobalId? expected, CancellationToken cancellationToken)
    {
        Branch branch = await metadata.WriteAsync(
            async t =>
            {
                Branch before = await GetAsync(t, repo, name, cancellationToken);
                Branch moved = await MoveAsync(t, before, to, expected, cancellationToken);
                if (moved.Head != before.Head)
                {
                    await AnnounceAsync(t, moved, $"branch {repo}@{name} moved", cancellationToken);
                }

                return moved;
            },
            cancellationToken);
        commits.NotifyChanged();
        return branch;
    }

    /// <inheritdoc cref="MoveAsync(RepoName, BranchName, CommitReference, GlobalId?, CancellationToken)"/>
    public async ValueTask<Branch> MoveAsync(
        IMetadataTransaction transaction, Branch branch, CommitReference to, GlobalId? expected, CancellationToken cancellationToken)
    {
        if (expected is { } head && branch.Head != head)
        {
            throw new SlipwayException(
                ErrorKind.Conflict,
                $"branch {branch.Repo}@{branch.Name} is at {branch.Head?.ToString() ?? "no commit"}, not at {head}: somebody moved it first",
                $"To see what it has now: slipway log {branch.Repo}@{branch.Name}");
        }

        Branch moved = await CheckMoveAsync(transaction, branch.Repo, branch.Name, branch, to, cancellationToken);
        await _repos.PutBranchAsync(transaction, moved, cancellationToken);
        return moved;
    }

    /// <summary>Gives a branch another name; what is open on it will finish there.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.AlreadyExists"/>: a branch or tag has the name;
    /// <see cref="ErrorKind.FailedPrecondition"/>: a pipeline reads or writes the branch, with its name.
    /// </exception>
    public async ValueTask<Branch> RenameAsync(RepoName repo, BranchName name, BranchName to, CancellationToken cancellationToken)
    {
        Branch branch = await metadata.WriteAsync(
            async t =>
            {
                Branch before = await GetAsync(t, repo, name, cancellationToken);
                await CheckUsesAsync(t, before, writersOnly: false, "renamed", cancellationToken);
                Branch renamed = (await CreateAsync(t, repo, to, null, cancellationToken)) with { Head = before.Head, Trigger = before.Trigger };
                await _repos.PutBranchAsync(t, renamed, cancellationToken);
                await _repos.DeleteBranchAsync(t, before, cancellationToken);
                foreach (Branch follower in await _repos.FollowersAsync(t, repo, name, cancellationToken))
                {
                    await _repos.DeleteBranchAsync(t, follower, cancellationToken);
                    await _repos.PutBranchAsync(t, follower with { Trigger = follower.Trigger! with { On = to } }, cancellationToken);
                }

                foreach (Commit open in await _commits.OpenAsync(t, repo, cancellationToken).Where(c => c.Branch == name).ToListAsync(cancellationToken))
                {
                    await _commits.DeleteAsync(t, open, cancellationToken);
                    await _commits.PutAsync(t, open with { Branch = to }, cancellationToken);
                }

                return renamed;
            },
            cancellationToken);
        commits.NotifyChanged();
        return branch;
    }

    /// <summary>Removes a branch. Its commits stay in the repo, where their ids name them.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: a pipeline reads or writes the branch, or commits are open on it.
    /// </exception>
    public async ValueTask DeleteAsync(RepoName repo, BranchName name, CancellationToken cancellationToken)
    {
        await metadata.WriteAsync(
            async t =>
            {
                Branch branch = await GetAsync(t, repo, name, cancellationToken);
                await CheckUsesAsync(t, branch, writersOnly: false, "deleted", cancellationToken);
                if (await _commits.OpenAsync(t, repo, cancellationToken).FirstOrDefaultAsync(c => c.Branch == name, cancellationToken) is { } open)
                {
                    throw new SlipwayException(
                        ErrorKind.FailedPrecondition, $"branch {repo}@{name} cannot be deleted: commit {open.GlobalId} is open on it",
                        $"Finish or drop it: slipway commit drop {repo}@{open.GlobalId}");
                }

                if ((await _repos.FollowersAsync(t, repo, name, cancellationToken)).FirstOrDefault() is { } follower)
                {
                    throw new SlipwayException(
                        ErrorKind.FailedPrecondition, $"branch {repo}@{name} cannot be deleted: {repo}@{follower.Name} follows it by a trigger",
                        $"Delete that first: slipway branch rm {repo}@{follower.Name}");
                }

                await _repos.DeleteBranchAsync(t, branch, cancellationToken);
                return true;
            },
            cancellationToken);
        commits.NotifyChanged();
    }

    /// <summary>The branch, or an error that names those that exist.</summary>
    public ValueTask<Branch> GetAsync(RepoName repo, BranchName name, CancellationToken cancellationToken) =>
        metadata.ReadAsync(r => GetAsync(r, repo, name, cancellationToken), cancellationToken);

    /// <inheritdoc cref="GetAsync(RepoName, BranchName, CancellationToken)"/>
    public async ValueTask<Branch> GetAsync(IMetadataReader reader, RepoName repo, BranchName name, CancellationToken cancellationToken)
    {
        await new RevisionResolver(_repos, _commits).CheckExistsAsync(reader, repo, name, cancellationToken);
        return (await _repos.FindBranchAsync(reader, repo, name, cancellationToken))!;
    }

    // The branch that is followed must be there and may not follow this one, on whatever way. What holds already moves the new branch at once.
    private async ValueTask<Branch> FollowAsync(IMetadataTransaction transaction, Branch branch, CancellationToken cancellationToken)
    {
        Branch on = await GetAsync(transaction, branch.Repo, branch.Trigger!.On, cancellationToken);
        for (Branch? at = on; at is not null; at = await FollowedAsync(at))
        {
            if (at.Name == branch.Name)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"branch {branch.Repo}@{branch.Name} would follow itself, by way of {on.Name}");
            }
        }

        await _repos.PutBranchAsync(transaction, branch, cancellationToken);
        TriggerRunner runner = new(_repos, _commits, time);
        return branch.Trigger is { CountDecides: true, Commits: { } most } && await runner.CountNewAsync(transaction, branch, on, cancellationToken) >= most
            ? await runner.MoveAsync(transaction, branch, on.Head!.Value, cancellationToken)
            : branch;

        async ValueTask<Branch?> FollowedAsync(Branch at) =>
            at.Trigger is { } trigger ? await _repos.FindBranchAsync(transaction, at.Repo, trigger.On, cancellationToken) : null;
    }

    private async ValueTask<Commit> TargetAsync(IMetadataReader reader, RepoName repo, CommitReference reference, CancellationToken cancellationToken)
    {
        if (reference.Repo != repo)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"a branch of repo {repo} cannot stand at a commit of repo {reference.Repo}",
                $"To copy files without moving their bytes: slipway cp {reference}:/ {repo}@BRANCH:/");
        }

        Commit commit = await commits.ResolveAsync(reader, reference, cancellationToken);
        commit.ThrowIfDropped();
        return commit.State == CommitState.Finished ? commit : throw new SlipwayException(
            ErrorKind.FailedPrecondition,
            $"{commit.Reference} {(commit.State == CommitState.Open ? "is still open" : "has failed")}: a branch stands only at a finished commit");
    }

    private async ValueTask CheckUsesAsync(
        IMetadataReader reader, Branch branch, bool writersOnly, string verb, CancellationToken cancellationToken)
    {
        IReadOnlyList<BranchUse> uses = commits.Hook is { } hook ? await hook.UsesAsync(reader, branch.Repo, branch.Name, cancellationToken) : [];
        if (uses.FirstOrDefault(use => use.Writes || !writersOnly) is { } use)
        {
            string names = string.Join(", ", uses.Where(u => u.Writes || !writersOnly).Select(u => $"{u.Pipeline} {(u.Writes ? "writes" : "reads")} it"));
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"branch {branch.Repo}@{branch.Name} cannot be {verb}: {names}",
                $"Let the pipeline use another branch first: slipway pipeline update; or remove it: slipway pipeline rm {use.Pipeline}");
        }
    }

    private async ValueTask AnnounceAsync(IMetadataTransaction transaction, Branch branch, string cause, CancellationToken cancellationToken)
    {
        if (branch.Head is not null)
        {
            await commits.Finisher.AnnounceAsync(transaction, new HeadMoves(GlobalId.New(time, branch.Head), cause, [branch]), cancellationToken);
        }
    }
}
