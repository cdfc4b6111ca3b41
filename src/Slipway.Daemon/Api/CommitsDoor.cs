using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Transactions;

namespace Slipway.Daemon.Api;

/// <summary>Commits: start, finish, drop, list, inspect.</summary>
internal sealed class CommitsDoor(RepoStore repos, CommitStore commits, TransactionStore transactions, OpenCommits open)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Commits, ListAsync);
        app.MapPost(Routes.Commits, StartAsync);
        app.MapDelete(Routes.Commits, DropAsync);
        app.MapPost(Routes.CommitFinish, FinishAsync);
        app.MapPost(Routes.CommitFinishAll, FinishAllAsync);
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
        string? name = Ask.Find(http, "branch");
        BranchName? branch = BranchName.TryParse(name, out BranchName named) ? named : null;
        bool isBranch = name is null || (await repos.ListBranchesAsync(repo, http.RequestAborted)).Any(b => b.Name == branch);
        IAsyncEnumerable<Commit> history = isBranch
            ? commits.LogAsync(repo, branch, http.RequestAborted)
            : commits.LogAsync(CommitReference.Parse($"{repo}@{name}"), http.RequestAborted);
        IReadOnlyList<CommitInfo> log = await Page.BehindAsync(history, Ask.Find(http, "after"), static commit => commit.GlobalId.ToString())
            .Take(Ask.Number(http, "limit") ?? int.MaxValue)
            .Select(DataWire.Commit)
            .ToListAsync(http.RequestAborted);
        await Answer.JsonAsync(http, log, ApiJson.Default.IReadOnlyListCommitInfo);
    }

    private async Task StartAsync(HttpContext http)
    {
        StartCommitRequest request = await Ask.BodyAsync(http, ApiJson.Default.StartCommitRequest);
        RepoName repo = RepoName.Parse(request.Repo);
        BranchName branch = BranchName.Parse(request.Branch);
        TimeSpan? expires = request.ExpiresSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        Commit commit = request.Transaction is { } id
            ? await transactions.StartCommitAsync(GlobalId.Parse(id), repo, branch, http.RequestAborted)
            : await commits.StartAsync(repo, branch, request.Message ?? "", request.Author ?? "", expires, http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Commit(commit), ApiJson.Default.CommitInfo);
    }

    private async Task FinishAsync(HttpContext http)
    {
        FinishCommitRequest request = await Ask.BodyAsync(http, ApiJson.Default.FinishCommitRequest);
        Commit found = await open.GetAsync(CommitReference.Parse(request.At), http.RequestAborted);
        Commit commit = await commits.FinishAsync(found.Repo, found.GlobalId, http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Commit(commit), ApiJson.Default.CommitInfo);
    }

    private async Task FinishAllAsync(HttpContext http)
    {
        FinishCommitsRequest request = await Ask.BodyAsync(http, ApiJson.Default.FinishCommitsRequest);
        List<(RepoName Repo, GlobalId Id)> all = [];
        foreach (string at in request.At)
        {
            Commit found = await open.GetAsync(CommitReference.Parse(at), http.RequestAborted);
            all.Add((found.Repo, found.GlobalId));
        }

        IReadOnlyList<CommitInfo> finished = [.. (await commits.FinishAllAsync(all, http.RequestAborted)).Select(DataWire.Commit)];
        await Answer.JsonAsync(http, finished, ApiJson.Default.IReadOnlyListCommitInfo);
    }

    private async Task DropAsync(HttpContext http)
    {
        Commit found = await open.GetAsync(CommitReference.Parse(Ask.Query(http, "at")), http.RequestAborted);
        await commits.DropAsync(found.Repo, found.GlobalId, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task InspectAsync(HttpContext http)
    {
        Commit commit = await commits.ResolveAsync(CommitReference.Parse(Ask.Query(http, "at")), http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Commit(commit), ApiJson.Default.CommitInfo);
    }
}
