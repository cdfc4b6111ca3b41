using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Daemon.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Daemon.Api;

/// <summary>Says who holds how many bytes.</summary>
internal sealed class UsageDoor(DiskUsage usage, CommitStore commits)
{
    public void Map(WebApplication app) => app.MapGet(Routes.Usage, UsageAsync);

    private async Task UsageAsync(HttpContext http)
    {
        IReadOnlyList<UsageOf> found = Ask.Find(http, "target") switch
        {
            null => await usage.OfReposAsync(http.RequestAborted),
            string target when target.Contains('@', StringComparison.Ordinal) =>
                [await usage.OfCommitAsync(await commits.ResolveAsync(CommitReference.Parse(target), http.RequestAborted), http.RequestAborted)],
            string target => await usage.OfCommitsAsync(RepoName.Parse(target), http.RequestAborted),
        };
        await Answer.JsonAsync(
            http, [.. found.Select(entry => new UsageEntry(entry.Name, entry.Commits, entry.Size, entry.Stored, entry.Alone))], ApiJson.Default.IReadOnlyListUsageEntry);
    }
}
