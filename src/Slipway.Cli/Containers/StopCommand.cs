using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

internal sealed class StopCommand : CliCommand
{
    private readonly Argument<string[]> containers = Declare.Many("CONTAINER", "Names, or the beginnings of ids");
    private readonly Option<string?> time = Declare.Text("--time", "-t", "SECONDS", "How long to wait before KILL; default 10");

    public StopCommand()
        : base("stop", "Stop containers: their stop signal, and KILL when that does not do")
    {
        Add(containers);
        Add(time);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway stop -t 30 web", "Give web 30 seconds to end by itself")];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        int? seconds = Values.WholeNumberOrNull(parsed.GetValue(time), "--time");
        return EachContainer.DoAsync(context, parsed.GetValue(containers)!, name => context.Client.StopContainerAsync(name, seconds, cancellationToken));
    }
}
