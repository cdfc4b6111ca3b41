using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Daemon.Api;

/// <summary>The interactive verbs, each a WebSocket of <see cref="Channel"/> frames: run, attach and exec.</summary>
internal sealed class ContainerStreamsDoor(ContainerEngine engine, ImageStore images)
{
    private const int NotStarted = 125;

    public void Map(WebApplication app)
    {
        app.Map(Routes.ContainerRun, RunAsync);
        app.Map(Routes.ContainerAttach, AttachAsync);
        app.Map(Routes.ContainerExec, ExecAsync);
    }

    /// <summary>Create → attach → start → streams → exit, all on one socket. A failure to create or start is an exit report with 125, 126 or 127.</summary>
    private Task RunAsync(HttpContext http) => ConverseAsync(http, async (socket, cancellationToken) =>
    {
        CreateContainerRequest request = await socket.ReceiveRequestAsync(ApiJson.Default.CreateContainerRequest, cancellationToken);
        Image image = await images.GetAsync(request.Image, cancellationToken);
        ContainerInfo container = await engine.CreateAsync(ContainerWire.Spec(request, image), cancellationToken);
        return await StartAndStreamAsync(socket, container, start: true, request.TerminalSize, cancellationToken);
    });

    private Task AttachAsync(HttpContext http) => ConverseAsync(http, (socket, cancellationToken) =>
        StartAndStreamAsync(socket, engine.Get(Ask.Id(http)), Ask.Flag(http, "start"), size: null, cancellationToken));

    private Task ExecAsync(HttpContext http) => ConverseAsync(http, async (socket, cancellationToken) =>
    {
        ContainerInfo container = engine.Get(Ask.Id(http));
        ExecRequest request = await socket.ReceiveRequestAsync(ApiJson.Default.ExecRequest, cancellationToken);
        await using ExecSession session = await engine.ExecAsync(container.Id, ContainerWire.Exec(request), cancellationToken);
        if (request.TerminalSize is { } size)
        {
            await session.ResizeAsync(size.Rows, size.Cols, cancellationToken);
        }

        await socket.PumpAsync(session.Streams, signal: null, cancellationToken);
        return new ExitReport(await session.WaitAsync(cancellationToken));
    });

    private async Task<ExitReport> StartAndStreamAsync(
        ContainerSocket socket, ContainerInfo container, bool start, TerminalSize? size, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Channel.Started, ContainerWire.Created(container), ApiJson.Default.ContainerCreated, cancellationToken);
        await using ContainerStreams streams = await engine.AttachAsync(container.Id, cancellationToken);
        Task<ExitStatus> exited = engine.WaitAsync(container.Id, cancellationToken).AsTask();
        if (start)
        {
            try
            {
                await engine.StartAsync(container.Id, cancellationToken);
            }
            catch (SlipwayException error)
            {
                if (container.Spec.AutoRemove)
                {
                    await engine.RemoveAsync(container.Id, force: true, CancellationToken.None);
                }

                return new ExitReport(ExitCodeOfStart(error.Kind), Error: ErrorTranslation.ToProblem(error));
            }
        }

        if (size is not null)
        {
            await streams.ResizeAsync(size.Rows, size.Cols, cancellationToken);
        }

        await socket.PumpAsync(streams, signal => engine.KillAsync(container.Id, signal, cancellationToken), cancellationToken);
        ExitStatus exit = await exited;
        return new ExitReport(exit.Code, exit.OomKilled);
    }

    /// <summary>Accepts the socket, holds the conversation, and ends it with an exit report whatever happens.</summary>
    private static async Task ConverseAsync(HttpContext http, Func<ContainerSocket, CancellationToken, Task<ExitReport>> conversation)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"{http.Request.Path} speaks WebSocket only");
        }

        using WebSocket webSocket = await http.WebSockets.AcceptWebSocketAsync();
        await using ContainerSocket socket = new(webSocket);
        ExitReport report;
        try
        {
            report = await conversation(socket, http.RequestAborted);
        }
        catch (Exception error) when (error is not OperationCanceledException && error is not WebSocketException)
        {
            report = new ExitReport(NotStarted, Error: ErrorTranslation.ToProblem(error));
        }

        await socket.EndAsync(report, http.RequestAborted);
    }

    /// <summary>Docker's codes for a command that could not be started: 127 not found, 126 not executable, 125 anything of ours.</summary>
    private static int ExitCodeOfStart(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => 127,
        ErrorKind.PermissionDenied => 126,
        _ => NotStarted,
    };
}
