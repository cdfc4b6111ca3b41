using System.CommandLine;
using System.Reflection;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Servers;

internal sealed class VersionCommand : CliCommand
{
    private readonly Option<bool> client = Declare.Flag("--client", null, "Only the client's; starts no server");

    public VersionCommand()
        : base("version", "Show the versions of client and server") => Add(client);

    public override IReadOnlyList<Example> Examples => [new("slipway version", "Both versions; they should agree")];

    internal static string ClientVersion { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(client))
        {
            context.Out.WriteLine($"slipway {ClientVersion}");
            return ExitCodes.Success;
        }

        VersionInfo version = await context.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"client {ClientVersion}\nserver {version.Version} (API {version.ApiVersion}, process {version.Pid})");
        if (version.Version != ClientVersion)
        {
            context.Error.WriteLine("hint: client and server differ; restart the server with: slipway daemon stop");
        }

        return ExitCodes.Success;
    }
}
