using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Daemon.Api;

/// <summary>Containers without their streams: create, start, list, inspect, logs, kill, stop, wait, remove.</summary>
internal sealed class ContainersDoor(ContainerEngine engine, ImageStore images)
{
    private const int DefaultStopSeconds = 10;

    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Containers, ListAsync);
        app.MapPost(Routes.Containers, CreateAsync);
        app.MapGet(Routes.ContainerOne, InspectAsync);
        app.MapDelete(Routes.ContainerOne, RemoveAsync);
        app.MapPost(Routes.ContainerStart, StartAsync);
        app.MapPost(Routes.ContainerKill, KillAsync);
        app.MapPost(Routes.ContainerStop, StopAsync);
        app.MapGet(Routes.ContainerWait, WaitAsync);
        app.MapGet(Routes.ContainerLogs, LogsAsync);
    }

    private Task ListAsync(HttpContext http) => Answer.JsonAsync(
        http,
        [.. engine.List(Ask.Flag(http, "all")).Select(ContainerWire.Summary)],
        ApiJson.Default.IReadOnlyListContainerSummary);

    private async Task CreateAsync(HttpContext http)
    {
        CreateContainerRequest request = await Ask.BodyAsync(http, ApiJson.Default.CreateContainerRequest);
        Image image = await images.GetAsync(request.Image, http.RequestAborted);
        ContainerInfo container = await engine.CreateAsync(ContainerWire.Spec(request, image), http.RequestAborted);
        if (Ask.Flag(http, "start"))
        {
            await engine.StartAsync(container.Id, http.RequestAborted);
        }

        await Answer.JsonAsync(http, ContainerWire.Created(container), ApiJson.Default.ContainerCreated);
    }

    private Task InspectAsync(HttpContext http) =>
        Answer.JsonAsync(http, ContainerWire.Details(engine.Get(Ask.Id(http))), ApiJson.Default.ContainerDetails);

    private async Task RemoveAsync(HttpContext http)
    {
        await engine.RemoveAsync(engine.Get(Ask.Id(http)).Id, Ask.Flag(http, "force"), http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task StartAsync(HttpContext http)
    {
        await engine.StartAsync(engine.Get(Ask.Id(http)).Id, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task KillAsync(HttpContext http)
    {
        int signal = SignalName.Parse(Ask.Find(http, "signal") ?? "KILL");
        await engine.KillAsync(engine.Get(Ask.Id(http)).Id, signal, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task StopAsync(HttpContext http)
    {
        TimeSpan timeout = TimeSpan.FromSeconds(Ask.Number(http, "timeout") ?? DefaultStopSeconds);
        await engine.StopAsync(engine.Get(Ask.Id(http)).Id, timeout, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task WaitAsync(HttpContext http)
    {
        ExitStatus exit = await engine.WaitAsync(engine.Get(Ask.Id(http)).Id, http.RequestAborted);
        await Answer.JsonAsync(http, new ExitReport(exit.Code, exit.OomKilled), ApiJson.Default.ExitReport);
    }

    private async Task LogsAsync(HttpContext http)
    {
        ContainerInfo container = engine.Get(Ask.Id(http));
        bool follow = Ask.Flag(http, "follow");
        IAsyncEnumerable<LogRecord> lines = engine.LogsAsync(container.Id, follow, http.RequestAborted).Select(ContainerWire.Log);
        if (Ask.Number(http, "tail") is { } tail)
        {
            // The last lines of what stands now; a follower then goes on from there.
            List<LogRecord> standing = await engine.LogsAsync(container.Id, follow: false, http.RequestAborted).Select(ContainerWire.Log).ToListAsync(http.RequestAborted);
            lines = lines.Skip(Math.Max(0, standing.Count - tail));
        }

        await Answer.LinesAsync(http, lines, ApiJson.Default.LogRecord, flushEach: follow);
    }
}
