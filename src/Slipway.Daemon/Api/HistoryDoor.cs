using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Rewriting;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Api;

/// <summary>What changes a history that was there: drop, squash, the name of a repo.</summary>
internal sealed class HistoryDoor(CommitDropper dropper, CommitSquasher squasher, RepoRenamer renamer, OpenCommits open)
{
    public void Map(WebApplication app)
    {
        app.MapPost(Routes.CommitDrop, DropAsync);
        app.MapPost(Routes.CommitSquash, SquashAsync);
        app.MapPost(Routes.RepoRename, RenameAsync);
    }

    private async Task DropAsync(HttpContext http)
    {
        DropCommitRequest request = await Ask.BodyAsync(http, ApiJson.Default.DropCommitRequest);
        CommitReference at = CommitReference.Parse(request.At);
        if (at.Revision == at.Base)
        {
            at = (await open.GetAsync(at, http.RequestAborted)).Reference;
        }

        DropPlan plan = await dropper.DropAsync(at, request.WithDependents, request.DryRun, http.RequestAborted);
        DropInfo info = new(
            [.. plan.Commits.Select(c => c.Reference.ToString())], [.. plan.Branches.Select(DataWire.Branch)], [.. plan.Tags.Select(t => $"{t.Repo}@{t.Name}")]);
        await Answer.JsonAsync(http, info, ApiJson.Default.DropInfo);
    }

    private async Task SquashAsync(HttpContext http)
    {
        SquashRequest request = await Ask.BodyAsync(http, ApiJson.Default.SquashRequest);
        (RepoName repo, BranchName branch) = BranchesDoor.BranchAt(request.At);
        CommitReference? since = request.Since is { } text ? CommitReference.Parse(text) : null;
        SquashResult result = await squasher.SquashAsync(repo, branch, since, request.Message, request.Author ?? "", http.RequestAborted);
        SquashInfo info = new(
            DataWire.Commit(result.Commit), [.. result.Removed.Select(c => c.Reference.ToString())], [.. result.Kept.Select(k => $"{k.On}: {k}")]);
        await Answer.JsonAsync(http, info, ApiJson.Default.SquashInfo);
    }

    private async Task RenameAsync(HttpContext http)
    {
        RenameRepoRequest request = await Ask.BodyAsync(http, ApiJson.Default.RenameRepoRequest);
        Repo repo = await renamer.RenameAsync(RepoName.Parse(request.Repo), RepoName.Parse(request.Name), http.RequestAborted);
        await Answer.JsonAsync(
            http,
            new RepoInfo(repo.Name.ToString(), repo.Created, repo.Description.Length > 0 ? repo.Description : null, repo.Pipeline),
            ApiJson.Default.RepoInfo);
    }
}
