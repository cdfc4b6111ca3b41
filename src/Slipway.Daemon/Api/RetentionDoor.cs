using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Retention;

namespace Slipway.Daemon.Api;

/// <summary>The rules by which branches let go of old files.</summary>
internal sealed class RetentionDoor(RetentionStore retention)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Retention, ListAsync);
        app.MapPost(Routes.Retention, SetAsync);
        app.MapDelete(Routes.Retention, RemoveAsync);
        app.MapGet(Routes.RetentionInspect, InspectAsync);
    }

    private async Task ListAsync(HttpContext http) => await Answer.JsonAsync(
        http, [.. (await retention.ListAsync(http.RequestAborted)).Select(rule => InfoOf(rule, null))], ApiJson.Default.IReadOnlyListRetentionInfo);

    private async Task SetAsync(HttpContext http)
    {
        RetentionInfo asked = await Ask.BodyAsync(http, ApiJson.Default.RetentionInfo);
        RetentionRule rule = new(RepoName.Parse(asked.Repo), BranchName.Parse(asked.Branch), asked.Last, asked.Days);
        await retention.SetAsync(rule, http.RequestAborted);
        await AnswerAsync(http, rule);
    }

    private async Task InspectAsync(HttpContext http)
    {
        (RepoName repo, BranchName branch) = Branch(http);
        RetentionRule? rule = (await retention.ListAsync(http.RequestAborted)).Find(rule => rule.Repo == repo && rule.Branch == branch);
        await AnswerAsync(http, rule ?? throw Unknown(repo, branch));
    }

    private async Task RemoveAsync(HttpContext http)
    {
        (RepoName repo, BranchName branch) = Branch(http);
        if (!await retention.RemoveAsync(repo, branch, http.RequestAborted))
        {
            throw Unknown(repo, branch);
        }

        await Answer.NothingAsync(http);
    }

    private async Task AnswerAsync(HttpContext http, RetentionRule rule)
    {
        List<Commit> going = await retention.PlanAsync(rule.Repo, rule.Branch, http.RequestAborted);
        await Answer.JsonAsync(http, InfoOf(rule, [.. going.Select(commit => commit.Reference.ToString())]), ApiJson.Default.RetentionInfo);
    }

    private static (RepoName Repo, BranchName Branch) Branch(HttpContext http)
    {
        CommitReference at = CommitReference.Parse(Ask.Query(http, "at"));
        return (at.Repo, BranchName.Parse(at.Revision));
    }

    private static SlipwayException Unknown(RepoName repo, BranchName branch) => new(
        ErrorKind.NotFound, $"{repo}@{branch} has no retention: it keeps the files of all its commits", $"To set one: slipway retention set {repo}@{branch} --last 10");

    private static RetentionInfo InfoOf(RetentionRule rule, IReadOnlyList<string>? going) =>
        new(rule.Repo.ToString(), rule.Branch.ToString(), rule.Last, rule.Days, going);
}
