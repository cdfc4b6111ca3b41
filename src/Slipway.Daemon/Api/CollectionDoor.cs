using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Content.Collection;
using Slipway.Daemon.Collection;

namespace Slipway.Daemon.Api;

/// <summary>Collects garbage when somebody asks for it.</summary>
internal sealed class CollectionDoor(StoreCollector collector, UnpackedLayers unpacked, TimeProvider time)
{
    private const double MostSeconds = 3e9;

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
                CollectionReport report = await collector.RunAsync(RulesOf(request), request.DryRun, progress, http.RequestAborted);
                UnpackedRoom layers = await unpacked.TryFreeAsync(request.DryRun, http.RequestAborted);
                return new CollectProgress("done", report.Swept, ResultOf(report, layers, request.DryRun, Stopwatch.GetElapsedTime(began)));
            },
            ApiJson.Default.CollectProgress);
    }

    private CollectionRules RulesOf(CollectRequest request) => request.BuildCache is not { } build ? CollectionSchedule.Rules(time, request.KeepDays)
        : build.UnusedSeconds is >= 0 and < MostSeconds ? CollectionSchedule.BuildCacheRules(time, TimeSpan.FromSeconds(build.UnusedSeconds), build.All)
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'unusedSeconds' is a length of time, not {build.UnusedSeconds}");

    private static CollectResult ResultOf(CollectionReport report, UnpackedRoom layers, bool dryRun, TimeSpan took) => new(
        dryRun,
        [new CollectedKind("blobs", report.Swept, report.SweptBytes), .. FoldersOf("unpacked layers", layers.Count, layers.Bytes), .. FoldersOf("cache mounts", report.CacheMounts, report.CacheMountBytes), .. report.Rows.Select(row => new CollectedKind(row.Key, row.Value, 0))],
        report.Kept,
        report.KeptBytes,
        report.Leased,
        [.. report.Largest.Select(blob => new CollectedBlob(blob.Digest.ToString(), blob.Size))],
        took.TotalSeconds);

    private static CollectedKind[] FoldersOf(string kind, long count, long bytes) => count == 0 ? [] : [new CollectedKind(kind, count, bytes)];
}
