using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Pipelines;

internal sealed class GraphCommand : CliCommand
{
    private readonly Option<string?> format = Declare.Output();

    public GraphCommand()
        : base("graph", "Draw how data flows through repos and pipelines") => Add(format);

    public override IReadOnlyList<Example> Examples => [new("slipway graph", "Repos, the pipelines that read them, and how their last jobs went")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        GraphInfo graph = await context.Client.GetGraphAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, graph, ApiJson.Default.GraphInfo);
            return ExitCodes.Success;
        }

        foreach (string line in GraphDrawing.Draw(graph, context.Terminal.Style))
        {
            context.Out.WriteLine(line);
        }

        if (graph.Nodes.Count == 0)
        {
            context.Error.WriteLine("there is nothing yet; begin with: slipway repo create NAME");
        }

        return ExitCodes.Success;
    }
}
