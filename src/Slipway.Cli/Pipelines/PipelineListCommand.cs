using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Jobs;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Pipelines;

internal sealed class PipelineListCommand : CliCommand
{
    private readonly Option<bool> quiet = Declare.Quiet("names");
    private readonly Option<string?> format = Declare.Output();

    public PipelineListCommand()
        : base("ls", "List pipelines")
    {
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway pipeline ls", "Each with its input and how its last job went")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<PipelineInfo> pipelines = await context.Client.ListPipelinesAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, pipelines, ApiJson.Default.IReadOnlyListPipelineInfo);
            return ExitCodes.Success;
        }

        Table table = new("PIPELINE", "VERSION", "INPUT", "IMAGE", "STATE", "LAST JOB", "CREATED");
        foreach (PipelineInfo pipeline in pipelines)
        {
            if (parsed.GetValue(quiet))
            {
                context.Out.WriteLine(pipeline.Name);
                continue;
            }

            table.Add(
                pipeline.Name,
                pipeline.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
                pipeline.Input ?? "",
                pipeline.Image,
                pipeline.State,
                pipeline.LastJobState is { } state ? JobText.State(state) : "",
                Format.Ago(pipeline.Created, context.Time.GetUtcNow()));
        }

        if (!parsed.GetValue(quiet))
        {
            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
