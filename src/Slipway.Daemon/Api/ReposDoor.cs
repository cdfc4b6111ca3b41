using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Definitions;

namespace Slipway.Daemon.Api;

/// <summary>Repos: list, create, inspect, delete.</summary>
internal sealed class ReposDoor(RepoStore repos, CommitStore commits, PipelineStore pipelines)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Repos, ListAsync);
        app.MapPost(Routes.Repos, CreateAsync);
        app.MapDelete(Routes.Repos, DeleteAsync);
        app.MapGet(Routes.RepoInspect, InspectAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        List<RepoInfo> list = [];
        foreach (Repo repo in Page.Of(http, await repos.ListAsync(http.RequestAborted), static repo => repo.Name.ToString()))
        {
            list.Add(await InfoAsync(repo, withBranches: false, http.RequestAborted));
        }

        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListRepoInfo);
    }

    private async Task CreateAsync(HttpContext http)
    {
        CreateRepoRequest request = await Ask.BodyAsync(http, ApiJson.Default.CreateRepoRequest);
        RepoName name = RepoName.Parse(request.Name);
        Repo? repo = request.IfMissing ? await repos.FindAsync(name, http.RequestAborted) : null;
        repo ??= await repos.CreateAsync(name, request.Description ?? "", pipeline: null, http.RequestAborted);
        await Answer.JsonAsync(http, await InfoAsync(repo, withBranches: false, http.RequestAborted), ApiJson.Default.RepoInfo);
    }

    /// <summary>Refuses a repo that a pipeline reads or owns, naming it.</summary>
    private async Task DeleteAsync(HttpContext http)
    {
        Repo repo = await repos.GetAsync(RepoName.Parse(Ask.Query(http, "repo")), http.RequestAborted);
        await pipelines.CheckUnusedAsync(repo.Name, http.RequestAborted);
        await repos.DeleteAsync(repo.Name, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task InspectAsync(HttpContext http)
    {
        Repo repo = await repos.GetAsync(RepoName.Parse(Ask.Query(http, "repo")), http.RequestAborted);
        await Answer.JsonAsync(http, await InfoAsync(repo, withBranches: true, http.RequestAborted), ApiJson.Default.RepoInfo);
    }

    private async Task<RepoInfo> InfoAsync(Repo repo, bool withBranches, CancellationToken cancellationToken)
    {
        Commit? head = await commits.HeadAsync(repo.Name, BranchName.Parse("master"), cancellationToken);
        return new RepoInfo(
            repo.Name.ToString(),
            repo.Created,
            repo.Description.Length > 0 ? repo.Description : null,
            repo.Pipeline,
            head?.Size ?? 0,
            withBranches ? await ListBranchesAsync(repo, cancellationToken) : null);
    }

    private async Task<IReadOnlyList<BranchInfo>> ListBranchesAsync(Repo repo, CancellationToken cancellationToken) =>
        [.. (await repos.ListBranchesAsync(repo.Name, cancellationToken)).Select(DataWire.Branch)];
}
