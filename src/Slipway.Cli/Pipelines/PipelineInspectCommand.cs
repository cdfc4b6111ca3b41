using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Jobs;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Pipelines;

internal sealed class PipelineInspectCommand : CliCommand
{
    private readonly Argument<string> name = Declare.Required("PIPELINE", "Its name");
    private readonly Option<bool> spec = Declare.Flag("--spec", null, "Only its specification, as JSON");
    private readonly Option<string?> format = Declare.Output();

    public PipelineInspectCommand()
        : base("inspect", "Show a pipeline and its specification")
    {
        Add(name);
        Add(spec);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway pipeline inspect train --spec > train.json", "Its specification, as create takes it")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        PipelineInfo pipeline = await context.Client.InspectPipelineAsync(parsed.GetValue(name)!, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, pipeline, ApiJson.Default.PipelineInfo);
            return ExitCodes.Success;
        }

        if (!parsed.GetValue(spec))
        {
            Facts facts = new();
            facts.Add("pipeline", pipeline.Name);
            facts.Add("description", pipeline.Description);
            facts.Add("version", pipeline.Version.ToString(CultureInfo.InvariantCulture));
            facts.Add("state", pipeline.State);
            facts.Add("input", pipeline.Input);
            facts.Add("output", $"{pipeline.Name}@{pipeline.OutputBranch}");
            facts.Add("image", pipeline.ImageDigest is null ? pipeline.Image : $"{pipeline.Image} ({pipeline.ImageDigest})");
            facts.Add("created", Format.Time(pipeline.Created));
            facts.Add("updated", pipeline.Updated is { } updated ? Format.Time(updated) : null);
            facts.Add("last job", pipeline.LastJob is null ? null : $"{pipeline.LastJob} {(pipeline.LastJobState is { } state ? JobText.State(state) : "")}");
            facts.Write(context.Out);
        }

        if (pipeline.Spec is not null)
        {
            context.Out.WriteLine(pipeline.Spec.TrimEnd());
        }

        return ExitCodes.Success;
    }
}
