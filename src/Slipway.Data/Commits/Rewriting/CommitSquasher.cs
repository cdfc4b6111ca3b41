using System.Collections.Immutable;
using System.Globalization;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits.Rewriting;

/// <summary>
/// Makes one commit of the last ones of a branch: the same files under a shorter history. No tree is read or written, so it is one
/// transaction. Of the old commits those go that nothing needs; the others stay in the repo under their ids.
/// </summary>
public sealed class CommitSquasher(IMetadataStore metadata, CommitStore commits)
{
    private const int MessagesQuoted = 10;

    private readonly RepoTables _repos = new();
    private readonly CommitTables _commits = new();

    /// <summary>Squashes what a branch has after a commit.</summary>
    /// <param name="since">The last commit that is left as it is, in the branch's line of first parents; null: none, all become the first.</param>
    /// <param name="message">Null: the messages of the old ones.</param>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: fewer than two commits, or a pipeline writes the repo.
    /// </exception>
    public async ValueTask<SquashResult> SquashAsync(
        RepoName repo, BranchName branch, CommitReference? since, string? message, string author, CancellationToken cancellationToken)
    {
        SquashResult result = await metadata.WriteAsync(
            async t =>
            {
                await new RevisionResolver(_repos, _commits).CheckExistsAsync(t, repo, branch, cancellationToken);
                Commit? head = await commits.HeadAsync(t, repo, branch, cancellationToken);
                Commit? basis = since is null ? null : await commits.ResolveAsync(t, since, cancellationToken);
                List<Commit> line = await LineAsync(t, repo, branch, head, basis, cancellationToken);
                Commit open = await commits.NewUserCommitAsync(t, repo, branch, message ?? MessageOf(line), author, cancellationToken);
                Commit squashed = await commits.Finisher.WriteAsync(
                    t, open with { Tree = head!.Tree, Size = head.Size }, basis?.GlobalId, cancellationToken);
                (ImmutableArray<Commit> removed, ImmutableArray<Dependent> kept) = await RemoveAsync(t, line, cancellationToken);
                Branch moved = (await _repos.FindBranchAsync(t, repo, branch, cancellationToken))!;
                await commits.Finisher.AnnounceAsync(t, new HeadMoves(squashed.GlobalId, $"commit {repo}@{branch}", [moved]), cancellationToken);
                return new SquashResult(squashed, removed, kept);
            },
            cancellationToken);
        commits.NotifyChanged();
        return result;
    }

    // From the head down to the basis, which is not in it.
    private async ValueTask<List<Commit>> LineAsync(
        IMetadataReader reader, RepoName repo, BranchName branch, Commit? head, Commit? basis, CancellationToken cancellationToken)
    {
        List<Commit> line = [];
        Commit? at = head;
        while (at is not null && at.GlobalId != basis?.GlobalId)
        {
            line.Add(at);
            at = at.Parent is { } parent ? await _commits.FindAsync(reader, repo, parent, cancellationToken) : null;
        }

        if (basis is not null && (at is null || basis.Repo != repo))
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"{basis.Reference} is not in the history of {repo}@{branch}", $"To see it: slipway log {repo}@{branch}");
        }

        return line.Count > 1 ? line : throw new SlipwayException(
            ErrorKind.FailedPrecondition, $"{repo}@{branch} has {(line.Count == 0 ? "no commit" : "only one commit")} there: nothing to squash");
    }

    private async ValueTask<(ImmutableArray<Commit> Removed, ImmutableArray<Dependent> Kept)> RemoveAsync(
        IMetadataTransaction transaction, List<Commit> line, CancellationToken cancellationToken)
    {
        Dependents dependents = new(_repos, _commits);
        ImmutableArray<Commit>.Builder removed = ImmutableArray.CreateBuilder<Commit>();
        ImmutableArray<Dependent>.Builder kept = ImmutableArray.CreateBuilder<Dependent>();
        foreach (Commit commit in line)
        {
            if (await FirstDependentAsync(transaction, dependents, commit, cancellationToken) is { } dependent)
            {
                kept.Add(dependent);
            }
            else
            {
                await _commits.DeleteAsync(transaction, commit, cancellationToken);
                removed.Add(commit);
            }
        }

        return (removed.ToImmutable(), kept.ToImmutable());
    }

    // The branch itself stands at the new commit by now; a commit of the line that is gone is nobody's child any more.
    private static async ValueTask<Dependent?> FirstDependentAsync(
        IMetadataReader reader, Dependents dependents, Commit commit, CancellationToken cancellationToken)
    {
        if ((await dependents.TagsAsync(reader, commit, cancellationToken)).FirstOrDefault() is { } tag)
        {
            return new Dependent(DependentKind.Tag, commit.Reference, $"{tag.Repo}@{tag.Name}");
        }

        if ((await dependents.BranchesAsync(reader, commit, cancellationToken)).FirstOrDefault() is { } branch)
        {
            return new Dependent(DependentKind.Branch, commit.Reference, $"{branch.Repo}@{branch.Name}");
        }

        await foreach ((DependentKind kind, Commit other) in dependents.CommitsAsync(reader, commit, cancellationToken))
        {
            return new Dependent(kind, commit.Reference, other.Reference.ToString());
        }

        return null;
    }

    private static string MessageOf(List<Commit> line)
    {
        string[] messages = [.. line.Select(c => c.Message).Where(m => m.Length > 0)];
        string more = messages.Length > MessagesQuoted ? string.Create(CultureInfo.InvariantCulture, $"\n… and {messages.Length - MessagesQuoted} more") : "";
        return string.Create(CultureInfo.InvariantCulture, $"squash of {line.Count} commits\n\n{string.Join('\n', messages.Take(MessagesQuoted))}{more}").TrimEnd();
    }
}
