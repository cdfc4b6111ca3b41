using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Servers;

internal sealed class DaemonStatusCommand : CliCommand
{
    private readonly Option<string?> format = Declare.Output();

    public DaemonStatusCommand()
        : base("status", "Say whether the local server runs, without starting it") => Add(format);

    public override IReadOnlyList<Example> Examples => [new("slipway daemon status", "Exit code 0 when it runs, 1 when not")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        SlipwayClient client = new(context.Server.ConnectToRunning(context.Time));
        try
        {
            VersionInfo version = await client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
            if (json)
            {
                JsonOutput.Write(context, version, ApiJson.Default.VersionInfo);
            }
            else
            {
                context.Out.WriteLine($"running: slipway {version.Version}, process {version.Pid}, {client.Connector.Name}");
            }

            return ExitCodes.Success;
        }
        catch (ApiException exception) when (exception.Is(ProblemKinds.Unreachable))
        {
            context.Out.WriteLine(json ? "null" : $"not running ({client.Connector.Name})");
            return ExitCodes.Failure;
        }
    }
}
