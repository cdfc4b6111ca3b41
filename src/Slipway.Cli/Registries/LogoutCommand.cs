using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Registries;

internal sealed class LogoutCommand : CliCommand
{
    private readonly Argument<string?> registry = Declare.Optional("REGISTRY", "Its host and port (docker.io)");

    public LogoutCommand()
        : base("logout", "Forget who you are to a registry") => Add(registry);

    public override IReadOnlyList<Example> Examples => [new("slipway logout registry.example.com", "Forget the password of that registry")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string host = parsed.GetValue(registry) ?? "docker.io";
        bool wasThere = await context.ReadLogins().EraseAsync(host, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine(wasThere ? $"logged out of {host}" : $"you were not logged in to {host}");
        return ExitCodes.Success;
    }
}
