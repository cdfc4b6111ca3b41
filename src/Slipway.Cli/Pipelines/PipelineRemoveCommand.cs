using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Pipelines;

internal sealed class PipelineRemoveCommand : CliCommand
{
    private readonly Argument<string[]> names = Declare.Many("PIPELINE", "Names");
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "Though other pipelines read its output");
    private readonly Option<bool> keepRepo = Declare.Flag("--keep-repo", null, "Its results stay");

    public PipelineRemoveCommand()
        : base("rm", "Delete pipelines and their results")
    {
        Add(names);
        Add(force);
        Add(keepRepo);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway pipeline rm infer train pre-process", "Downstream first")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string name in parsed.GetValue(names)!)
        {
            await context.Client.DeletePipelineAsync(name, parsed.GetValue(force), parsed.GetValue(keepRepo), cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"deleted {name}");
        }

        return ExitCodes.Success;
    }
}
