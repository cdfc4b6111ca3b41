using System.CommandLine;
using Slipway.Api;

namespace Slipway.Cli.Servers;

internal sealed class DaemonStopCommand : CliCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public DaemonStopCommand()
        : base("stop", "Stop the local server and wait until it has gone")
    {
    }

    public override IReadOnlyList<Example> Examples => [new("slipway daemon stop", "Running containers go on; the next command starts the server again")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        SlipwayClient client = new(context.Server.ConnectToRunning(context.Time));
        VersionInfo version;
        try
        {
            version = await client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
            await client.ShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException exception) when (exception.Is(ProblemKinds.Unreachable))
        {
            context.Out.WriteLine("not running");
            return ExitCodes.Success;
        }

        long began = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(began) < Limit)
        {
            if (!await IsThereAsync(client, version.Pid, context.Server.Host is null, cancellationToken).ConfigureAwait(false))
            {
                context.Out.WriteLine($"stopped (process {version.Pid})");
                return ExitCodes.Success;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), context.Time, cancellationToken).ConfigureAwait(false);
        }

        throw new CliException($"the server (process {version.Pid}) still runs after {Limit.TotalSeconds:0} seconds", $"look at {context.Server.LogPath}, or: kill {version.Pid}");
    }

    private static async Task<bool> IsThereAsync(SlipwayClient client, int pid, bool local, CancellationToken cancellationToken)
    {
        if (local && !Directory.Exists($"/proc/{pid}"))
        {
            return false;
        }

        try
        {
            await client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ApiException exception) when (exception.Is(ProblemKinds.Unreachable))
        {
            return local; // It closes its doors before it has gone.
        }
    }
}
