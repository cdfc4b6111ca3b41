using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Slipway.Api;
using Slipway.Content;
using Slipway.Daemon.Api;
using Slipway.Daemon.Hosting;
using Slipway.Daemon.Registry.Proxying;
using Slipway.Engine;
using Slipway.Linux;

namespace Slipway.Daemon;

/// <summary><c>slipway serve</c>: opens every room over one home and answers on its unix socket until it is told to stop.</summary>
public static class DaemonHost
{
    private const int ReadAheadBytes = 8 * 1024 * 1024;

    /// <summary>Several paths of 4,096 bytes stand in one, and percent encoding makes three of each byte.</summary>
    private const int LongestRequestLine = 64 * 1024;

    /// <summary>Runs a daemon to its end. 0: it stopped as asked; 1: it could not start (the reason stands on stderr).</summary>
    /// <param name="args">The whole command line, beginning with <c>serve</c>.</param>
    /// <param name="commands">Carries out warm commands; null: every client carries out its own.</param>
    public static async Task<int> RunAsync(string[] args, CommandRunner? commands = null)
    {
        ServeOptions options;
        try
        {
            options = ServeOptions.Parse(args[1..]);
        }
        catch (SlipwayException error)
        {
            await Console.Error.WriteLineAsync($"error: {error.Message}");
            return 2;
        }

        try
        {
            ServerNamespace.EnterOrContinue();
            return await ServeAsync(DaemonHome.FromEnvironment(), options, commands);
        }
        catch (SlipwayException error)
        {
            await Console.Error.WriteLineAsync($"error: {error.Message}");
            if (error.Hint is { } hint)
            {
                await Console.Error.WriteLineAsync($"hint: {hint}");
            }

            return 1;
        }
        catch (Exception error) when (error is LinuxException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"error: the server cannot start: {error.Message}");
            return 1;
        }
    }

    private static async Task<int> ServeAsync(DaemonHome home, ServeOptions options, CommandRunner? commands)
    {
        // 1. One daemon a home. 2. The rooms. 3. The doors. 4. Jobs go on. 5. Until a signal, or a client's word. 6. Everything closed in turn.
        ServerCertificate? certificate = options.Tls is { } tls ? ServerCertificate.Load(tls, ServerLog.Write) : null;
        Directory.CreateDirectory(home.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using HomeLock held = HomeLock.Take(home);
        using CancellationTokenSource stopping = new();
        await using Rooms rooms = await Rooms.OpenAsync(home, new EngineOptions(home.Engine), await options.Key.LoadAsync(stopping.Token), TimeProvider.System, stopping.Token);

        await using PullThrough? upstreams = Doors.Upstreams(rooms, options.Registry);
        await using WebApplication app = BuildApp(home, options.Tcp, certificate);
        app.Use(ErrorTranslation.InvokeAsync);
        app.Use(new RequestLease(rooms.Leases).InvokeAsync);
        app.UseWebSockets();
        app.Use(Doors.Gate(rooms, options.Registry, upstreams).InvokeAsync);
        Doors.Map(app, rooms, stopping);
        new CommandDoor(commands, home).Map(app);
        await app.StartAsync(stopping.Token);
        File.SetUnixFileMode(home.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        held.WritePid();
        rooms.Scheduler.Start();
        rooms.Triggers.Start();
        await Console.Out.WriteLineAsync($"slipway: serving {home.Directory} (process {Environment.ProcessId}, {rooms.Engine.RuntimeName})");

        await WaitForEndAsync(stopping);
        using CancellationTokenSource grace = new(TimeSpan.FromSeconds(5));
        await app.StopAsync(grace.Token);
        return 0;
    }

    private static async Task WaitForEndAsync(CancellationTokenSource stopping)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            ended.TrySetResult();
        }

        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using CancellationTokenRegistration asked = stopping.Token.Register(() => ended.TrySetResult());
        await ended.Task;
    }

    private static WebApplication BuildApp(DaemonHome home, IPEndPoint? tcp, ServerCertificate? certificate)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = home.Directory });
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets =>
        {
            // Bodies are large and connections few: read ahead by megabytes, and spend no call on asking whether there is something to read.
            sockets.MaxReadBufferSize = ReadAheadBytes;
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Bodies are data sets and images: their size is limited by the disk, their pace by the client.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBufferSize = ReadAheadBytes;
            kestrel.Limits.MaxResponseBufferSize = ByteCopy.MostWaiting;
            File.Delete(home.Socket);
            kestrel.ListenUnixSocket(SocketPath.Shorten(home.Socket), listen => listen.Protocols = HttpProtocols.Http1);
            if (tcp is not null)
            {
                kestrel.Listen(tcp, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (certificate is not null)
                    {
                        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Current()) });
                    }
                });
            }
        });
        return builder.Build();
    }
}
