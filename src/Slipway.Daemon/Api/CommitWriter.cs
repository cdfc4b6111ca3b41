using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Api;

/// <summary>Where a write goes: a commit of its own on a branch, or an open commit that it is added to.</summary>
internal sealed record WriteTarget(RepoName Repo, BranchName Branch, GlobalId? Open, DataPath Path, string Message, string Author);

/// <summary>The one way that files are written through this door.</summary>
internal sealed class CommitWriter(RepoStore repos, CommitStore commits)
{
    /// <summary>Reads <c>?at=repo@branch-or-open-commit:/path&amp;message=&amp;author=</c>; refuses a repo that a pipeline owns.</summary>
    public async Task<WriteTarget> TargetAsync(HttpContext http, CancellationToken cancellationToken)
    {
        CommitReference at = CommitReference.Parse(Ask.Query(http, "at"));
        Repo repo = await repos.GetAsync(at.Repo, cancellationToken);
        if (repo.Pipeline is { } pipeline)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"repo {repo.Name} is written by pipeline {pipeline} alone", "Put your files into one of the pipeline's input repos.");
        }

        WriteTarget target = new(at.Repo, default, null, at.Path ?? DataPath.Root, Ask.Find(http, "message") ?? "", Ask.Find(http, "author") ?? "");
        if (GlobalId.TryParse(at.Revision, out GlobalId id) && await commits.FindAsync(at.Repo, id, cancellationToken) is { } commit)
        {
            return commit.State == Data.Commits.CommitState.Open
                ? target with { Branch = commit.Branch, Open = id }
                : throw new SlipwayException(
                    ErrorKind.FailedPrecondition, $"commit {at.Repo}@{id} is finished and never changes", $"Write to its branch: {at.Repo}@{commit.Branch}");
        }

        return target with { Branch = BranchName.Parse(at.Revision) };
    }

    /// <summary>Adds the edits to the open commit, or makes a commit of them.</summary>
    public Task<Commit> WriteAsync(WriteTarget target, IReadOnlyList<TreeEdit> edits, CancellationToken cancellationToken) =>
        WriteAsync(target, edits, [], cancellationToken);

    /// <param name="sources">Commits whose trees the edits take over.</param>
    /// <param name="check">Looks at the tree of the head that the commit is going to stand on, and throws where it must not.</param>
    public async Task<Commit> WriteAsync(
        WriteTarget target, IReadOnlyList<TreeEdit> edits, IReadOnlyList<Commit> sources, CancellationToken cancellationToken, Func<Digest, ValueTask>? check = null)
    {
        if (target.Open is not { } open)
        {
            return await commits.PutAsync(target.Repo, target.Branch, edits, sources, target.Message, target.Author, cancellationToken, check);
        }

        await commits.EditAsync(target.Repo, open, edits, sources, cancellationToken);
        return (await commits.FindAsync(target.Repo, open, cancellationToken))!;
    }
}
