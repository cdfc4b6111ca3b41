using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Daemon.Hosting;
using Slipway.Engine;

namespace Slipway.Daemon.Api;

/// <summary>What the daemon says of itself, and its end.</summary>
internal sealed class ServerDoor(Rooms rooms, CancellationTokenSource stopping)
{
    private const int ApiVersion = 1;

    /// <summary>Of the program.</summary>
    public static readonly string Version = typeof(ServerDoor).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private readonly DateTimeOffset _started = rooms.Time.GetUtcNow();
    private WebApplication? _app;

    public void Map(WebApplication app)
    {
        _app = app;
        app.MapGet(Routes.Version, http => Answer.JsonAsync(http, new VersionInfo(Version, ApiVersion, Environment.ProcessId), ApiJson.Default.VersionInfo));
        app.MapGet(Routes.Info, InfoAsync);
        app.MapPost(Routes.Shutdown, ShutdownAsync);
    }

    private async Task InfoAsync(HttpContext http)
    {
        ImmutableArray<ContainerInfo> containers = rooms.Engine.List(all: true);
        ServerInfo info = new()
        {
            Version = Version,
            Pid = Environment.ProcessId,
            Home = rooms.Home.Directory,
            Listen = _app?.Urls.FirstOrDefault(url => !url.Contains("unix:", StringComparison.Ordinal)),
            Started = _started,
            Runtime = rooms.Engine.RuntimeName,
            Warnings = rooms.Engine.Warnings,
            Images = (await rooms.Images.ListAsync(http.RequestAborted)).Length,
            Containers = containers.Length,
            Running = containers.Count(container => container.Status == Engine.ContainerStatus.Running),
            Repos = (await rooms.Repos.ListAsync(http.RequestAborted)).Count,
            Pipelines = (await rooms.Pipelines.ListAsync(http.RequestAborted)).Count,
            Kernel = Environment.OSVersion.Version.ToString(),
        };
        await Answer.JsonAsync(http, info, ApiJson.Default.ServerInfo);
    }

    private Task ShutdownAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.OnCompleted(stopping.CancelAsync);
        return Task.CompletedTask;
    }
}
