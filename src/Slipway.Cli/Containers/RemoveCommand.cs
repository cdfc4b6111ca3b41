using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

internal sealed class RemoveCommand : CliCommand
{
    private readonly Argument<string[]> containers = Declare.Many("CONTAINER", "Names, or the beginnings of ids");
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "Kill it first where it runs");

    public RemoveCommand()
        : base("rm", "Remove containers and what they wrote")
    {
        Add(containers);
        Add(force);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway rm -f web", "Stop and remove web")];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool kill = parsed.GetValue(force);
        return EachContainer.DoAsync(context, parsed.GetValue(containers)!, name => context.Client.RemoveContainerAsync(name, kill, cancellationToken));
    }
}
