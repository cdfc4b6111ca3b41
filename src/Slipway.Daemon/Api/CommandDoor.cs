using System.Buffers.Binary;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Slipway.Api;
using Slipway.Content;
using Slipway.Daemon.Hosting;
using Slipway.Linux;

namespace Slipway.Daemon.Api;

/// <summary>
/// Warm commands: a command line that the server carries out for a client of its own user. It does so only for its own build, and only where it sees the same
/// files as the client at every path that the command is about; else it declines, and the client does it itself.
/// </summary>
internal sealed class CommandDoor(CommandRunner? runner, DaemonHome home)
{
    /// <summary>Beyond so many at once clients carry out their own: each may hold a thread.</summary>
    private const int MostAtOnce = 64;

    private readonly SeenFile? _program = Look(Environment.ProcessPath);
    private int _running;

    public void Map(WebApplication app) => app.MapGet(Routes.Command, ServeAsync);

    private async Task ServeAsync(HttpContext http)
    {
        if (runner is null || http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade || !LocalPeer.IsOurUser(http))
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, "commands are carried out here for our own user's client, over our unix socket, and for nobody else");
        }

        Stream stream = await upgrade.UpgradeAsync();
        await using CommandFrames frames = new(stream);
        CommandCall call;
        try
        {
            call = CommandCall.Parse(await ReadAsync(stream, http.RequestAborted));
        }
        catch (InvalidDataException fault)
        {
            frames.Decline(fault.Message);
            return;
        }

        if (WhyNot(call) is { } reason)
        {
            frames.Decline(reason);
        }
        else
        {
            try
            {
                if (Interlocked.Increment(ref _running) <= MostAtOnce)
                {
                    await RunAsync(runner, call, stream, frames, http.RequestAborted);
                }
                else
                {
                    frames.Decline($"{MostAtOnce} commands are carried out already");
                }
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
    }

    private async Task RunAsync(CommandRunner run, CommandCall call, Stream stream, CommandFrames frames, CancellationToken stopping)
    {
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task watch = WatchAsync(stream, gone);
        try
        {
            IServerConnector ourselves = SocketConnector.ForUnix(SocketPath.Shorten(home.Socket));
            int? code = await run(call, ourselves, frames.Output, frames.Error, gone.Token);
            if (code is { } exit)
            {
                frames.Exit(exit);
            }
            else
            {
                frames.Decline("this is no command to carry out here");
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !gone.IsCancellationRequested)
        {
            ServerLog.Write($"the command {string.Join(' ', call.Arguments.Take(2))} failed: {fault}");
            frames.Fail($"error: the server failed: {fault.Message}\nhint: see the end of daemon.log in SLIPWAY_HOME\n");
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it.
        }
        finally
        {
            await gone.CancelAsync();
            await watch;
        }
    }

    /// <summary>A client says nothing more: when its half ends, it has gone.</summary>
    private static async Task WatchAsync(Stream stream, CancellationTokenSource gone)
    {
        byte[] nothing = new byte[1];
        try
        {
            while (await stream.ReadAsync(nothing, gone.Token) > 0)
            {
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The same.
        }

        await gone.CancelAsync();
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            byte[] length = new byte[sizeof(int)];
            await stream.ReadExactlyAsync(length, cancellationToken);
            int count = BinaryPrimitives.ReadInt32LittleEndian(length);
            if (count is < 0 or > CommandCall.MaximumLength)
            {
                throw new InvalidDataException($"a command call of {count} bytes");
            }

            byte[] bytes = new byte[count];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }
        catch (EndOfStreamException fault)
        {
            throw new InvalidDataException("a command call that is cut off", fault);
        }
    }

    private string? WhyNot(CommandCall call)
    {
        if (_program is not { } ours || (call.Program.Device, call.Program.Inode) != (ours.Device, ours.Inode))
        {
            return "the client is of another build";
        }

        foreach (SeenFile seen in call.Seen)
        {
            if (!Path.IsPathFullyQualified(seen.Path) || Look(seen.Path) != seen)
            {
                return $"the server sees another file at {seen.Path}";
            }
        }

        return null;
    }

    private static SeenFile? Look(string? path)
    {
        try
        {
            return path is not null && Libc.TryStatus(path, out FileStatus status) ? new SeenFile(path, status.Device, status.Inode) : null;
        }
        catch (LinuxException)
        {
            return null;
        }
    }
}
