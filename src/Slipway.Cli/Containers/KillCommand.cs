using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

internal sealed class KillCommand : CliCommand
{
    private readonly Argument<string[]> containers = Declare.Many("CONTAINER", "Names, or the beginnings of ids");
    private readonly Option<string?> signal = Declare.Text("--signal", "-s", "SIGNAL", "Name or number; default KILL");

    public KillCommand()
        : base("kill", "Send a signal to containers")
    {
        Add(containers);
        Add(signal);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway kill -s HUP web", "Ask web to read its configuration again")];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string? number = parsed.GetValue(signal);
        return EachContainer.DoAsync(context, parsed.GetValue(containers)!, name => context.Client.KillContainerAsync(name, number, cancellationToken));
    }
}
