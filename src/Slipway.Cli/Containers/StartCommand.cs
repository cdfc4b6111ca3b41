using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

internal sealed class StartCommand : CliCommand
{
    private readonly Argument<string[]> containers = Declare.Many("CONTAINER", "Names, or the beginnings of ids");

    public StartCommand()
        : base("start", "Start containers that have ended or never ran")
    {
        Add(containers);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway start web", "Run the container web again, in the background")];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        return EachContainer.DoAsync(context, parsed.GetValue(containers)!, name => context.Client.StartContainerAsync(name, cancellationToken));
    }
}
