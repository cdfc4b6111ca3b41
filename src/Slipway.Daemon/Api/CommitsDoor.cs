using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Api;

/// <summary>Commits: start, finish, drop, list, inspect.</summary>
internal sealed class CommitsDoor(RepoStore repos, CommitStore commits)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Commits, ListAsync);
        app.MapPost(Routes.Commits, StartAsync);
        app.MapDelete(Routes.Commits, DropAsync);
        app.MapPost(Routes.CommitFinish, FinishAsync);
        app.MapGet(Routes.CommitInspect, InspectAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        if (Ask.Find(http, "id") is { } id)
        {
            IReadOnlyList<CommitInfo> together = [.. (await commits.ListByGlobalIdAsync(GlobalId.Parse(id), http.RequestAborted)).Select(DataWire.Commit)];
            await Answer.JsonAsync(http, together, ApiJson.Default.IReadOnlyListCommitInfo);
            return;
        }

        RepoName repo = (await repos.GetAsync(RepoName.Parse(Ask.Query(http, "repo")), http.RequestAborted)).Name;
        BranchName? branch = Ask.Find(http, "branch") is { } name ? BranchName.Parse(name) : null;
        IReadOnlyList<CommitInfo> log = await commits.LogAsync(repo, branch, http.RequestAborted)
            .Take(Ask.Number(http, "limit") ?? int.MaxValue)
            .Select(DataWire.Commit)
            .ToListAsync(http.RequestAborted);
        await Answer.JsonAsync(http, log, ApiJson.Default.IReadOnlyListCommitInfo);
    }

    private async Task StartAsync(HttpContext http)
    {
        StartCommitRequest request = await Ask.BodyAsync(http, ApiJson.Default.StartCommitRequest);
        Commit commit = await commits.StartAsync(
            RepoName.Parse(request.Repo), BranchName.Parse(request.Branch), request.Message ?? "", request.Author ?? "", http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Commit(commit), ApiJson.Default.CommitInfo);
    }

    private async Task FinishAsync(HttpContext http)
    {
        FinishCommitRequest request = await Ask.BodyAsync(http, ApiJson.Default.FinishCommitRequest);
        Commit open = await OpenAsync(CommitReference.Parse(request.At), http.RequestAborted);
        Commit commit = await commits.FinishAsync(open.Repo, open.GlobalId, http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Commit(commit), ApiJson.Default.CommitInfo);
    }

    private async Task DropAsync(HttpContext http)
    {
        Commit open = await OpenAsync(CommitReference.Parse(Ask.Query(http, "at")), http.RequestAborted);
        await commits.DropAsync(open.Repo, open.GlobalId, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task InspectAsync(HttpContext http)
    {
        Commit commit = await commits.ResolveAsync(CommitReference.Parse(Ask.Query(http, "at")), http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Commit(commit), ApiJson.Default.CommitInfo);
    }

    /// <summary>An open commit by its id, or the only one that is open on a branch.</summary>
    private async Task<Commit> OpenAsync(CommitReference at, CancellationToken cancellationToken)
    {
        if (GlobalId.TryParse(at.Revision, out _) || !BranchName.TryParse(at.Revision, out BranchName branch))
        {
            return await commits.ResolveAsync(at, cancellationToken);
        }

        List<Commit> open = await commits.LogAsync(at.Repo, branch, cancellationToken)
            .Where(commit => commit is { State: Data.Commits.CommitState.Open, Origin: Data.Commits.CommitOrigin.User })
            .ToListAsync(cancellationToken);
        return open switch
        {
            [Commit only] => only,
            [] => throw new SlipwayException(
                ErrorKind.NotFound, $"no commit is open on {at.Repo}@{branch}", $"Start one: slipway commit start {at.Repo}@{branch}"),
            _ => throw new SlipwayException(
                ErrorKind.Conflict,
                $"{open.Count} commits are open on {at.Repo}@{branch}: {string.Join(", ", open.Select(commit => commit.GlobalId))}",
                "Name one of them by its id."),
        };
    }
}
