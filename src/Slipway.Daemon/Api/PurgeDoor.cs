using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Purging;

namespace Slipway.Daemon.Api;

/// <summary>Removes content from all history, and tells what was removed.</summary>
internal sealed class PurgeDoor(Purger purger, PurgeTables tables, PurgedBlobs purged)
{
    public void Map(WebApplication app)
    {
        app.MapPost(Routes.Purge, PurgeAsync);
        app.MapGet(Routes.Purge, ListAsync);
        app.MapPost(Routes.PurgeAllow, AllowAsync);
    }

    private async Task PurgeAsync(HttpContext http)
    {
        PurgeRequest request = await Ask.BodyAsync(http, ApiJson.Default.PurgeRequest);
        if (!request.DryRun && request.Reason.Length == 0)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "a purge needs a reason: it is what the record says for good", "Give --reason.");
        }

        await ProgressLines.SendAsync<string, PurgeProgress>(
            http,
            step => new PurgeProgress(step),
            async progress =>
            {
                progress.Report("looking for what has it");
                PurgePlan plan = await purger.PlanAsync(request.Target, request.WithOutputs, http.RequestAborted);
                if (request.DryRun)
                {
                    return new PurgeProgress("done", ResultOf(plan, true, 0, [], []));
                }

                progress.Report("removing it");

                // Once it has begun it goes to its end, whether or not the client waits.
                PurgeOutcome outcome = await purger.RunAsync(plan, request.By, request.Reason, CancellationToken.None);
                return new PurgeProgress("done", ResultOf(plan, false, outcome.Answers, outcome.Copies, [.. outcome.Traces.Select(trace => trace.ToString())]));
            },
            ApiJson.Default.PurgeProgress);
    }

    private async Task ListAsync(HttpContext http) => await Answer.JsonAsync(
        http, [.. (await tables.ListAsync(http.RequestAborted)).Select(InfoOf)], ApiJson.Default.IReadOnlyListPurgeInfo);

    private async Task AllowAsync(HttpContext http)
    {
        AllowPurgedRequest request = await Ask.BodyAsync(http, ApiJson.Default.AllowPurgedRequest);
        Digest digest = Digest.Parse(request.Digest);
        PurgeRecord record = await tables.AllowAsync(digest, request.By, http.RequestAborted)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"{digest} was never purged", "slipway purge list shows what was.");
        purged.Set(digest, record.Mark);
        await Answer.JsonAsync(http, InfoOf(record), ApiJson.Default.PurgeInfo);
    }

    private static PurgeInfo InfoOf(PurgeRecord record) => new(
        record.Digest.ToString(), record.Size, record.When, record.By, record.Reason, record.Uses, record.MoreUses, record.AllowedBy);

    private static PurgeResult ResultOf(PurgePlan plan, bool dryRun, int answers, IReadOnlyList<string> copies, IReadOnlyList<string> traces) => new(
        dryRun,
        [.. plan.Blobs.Select(blob => new PurgedBlob(blob.Key.ToString(), blob.Value, plan.Uses[blob.Key].Named, plan.Uses[blob.Key].More))],
        plan.Outputs,
        answers,
        copies,
        traces,
        plan.Locked);
}
