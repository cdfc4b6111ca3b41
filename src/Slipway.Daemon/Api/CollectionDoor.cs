using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Daemon.Collection;

namespace Slipway.Daemon.Api;

/// <summary>Collects garbage when somebody asks for it.</summary>
internal sealed class CollectionDoor(StoreCollector collector, TimeProvider time)
{
    public void Map(WebApplication app) => app.MapPost(Routes.Collect, CollectAsync);

    private async Task CollectAsync(HttpContext http)
    {
        CollectRequest request = await Ask.BodyAsync(http, ApiJson.Default.CollectRequest);
        await ProgressLines.SendAsync<CollectionStep, CollectProgress>(
            http,
            step => new CollectProgress(step.What, step.Done),
            async progress =>
            {
                long began = Stopwatch.GetTimestamp();
                CollectionReport report = await collector.RunAsync(
                    CollectionSchedule.Rules(time, request.KeepDays), request.DryRun, progress, http.RequestAborted);
                return new CollectProgress("done", report.Swept, ResultOf(report, request.DryRun, Stopwatch.GetElapsedTime(began)));
            },
            ApiJson.Default.CollectProgress);
    }

    private static CollectResult ResultOf(CollectionReport report, bool dryRun, TimeSpan took) => new(
        dryRun,
        [new CollectedKind("blobs", report.Swept, report.SweptBytes), .. report.Rows.Select(row => new CollectedKind(row.Key, row.Value, 0))],
        report.Kept,
        report.KeptBytes,
        report.Leased,
        [.. report.Largest.Select(blob => new CollectedBlob(blob.Digest.ToString(), blob.Size))],
        took.TotalSeconds);
}
