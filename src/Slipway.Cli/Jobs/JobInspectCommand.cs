using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Jobs;

internal sealed class JobInspectCommand : CliCommand
{
    private readonly Argument<string> id = Declare.Required("JOB", "As slipway job ls prints it");
    private readonly Option<string?> format = Declare.Output();

    public JobInspectCommand()
        : base("inspect", "Show a job, and of each datum why it ran, was skipped or failed")
    {
        Add(id);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway job inspect $(slipway job ls -q -n 1)", "The newest job")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        JobInfo job = await context.Client.InspectJobAsync(parsed.GetValue(id)!, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, job, ApiJson.Default.JobInfo);
            return ExitCodes.Success;
        }

        Facts facts = new();
        facts.Add("job", job.Id);
        facts.Add("pipeline", $"{job.Pipeline} (version {job.PipelineVersion})");
        facts.Add("state", JobText.State(job.State));
        facts.Add("error", job.Error);
        facts.Add("datums", JobsView.Counts(job.Counts));
        facts.Add("image", job.ImageDigest is null ? job.Image : $"{job.Image} ({job.ImageDigest})");
        foreach (ProvenanceInfo input in job.Inputs)
        {
            facts.Add("input", $"{input.Repo}@{input.Commit} ({input.Branch}, as {input.Input})");
        }

        facts.Add("output", job.Output);
        facts.Add("caused by", job.GlobalId);
        facts.Add("created", Format.Time(job.Created));
        facts.Add("took", job.Started is { } started ? Format.Duration((job.Finished ?? context.Time.GetUtcNow()) - started) : null);
        facts.Write(context.Out);
        if (job.Datums is { Count: > 0 } datums)
        {
            context.Out.WriteLine();
            WriteDatums(context, datums);
        }

        return ExitCodes.Success;
    }

    private static void WriteDatums(CommandContext context, IReadOnlyList<DatumInfo> datums)
    {
        Table table = new("DATUM", "STATE", "INPUTS", "CODE", "TRIES", "RAN", "OUTPUT", "REASON");
        foreach (DatumInfo datum in datums)
        {
            table.Add(
                Format.ShortId(datum.Id),
                JobText.State(datum.State),
                string.Join(' ', datum.Inputs.Select(static input => $"{input.Name}:{input.Path}")),
                datum.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "",
                datum.Tries.ToString(CultureInfo.InvariantCulture),
                datum.RunSeconds is double seconds ? Format.Duration(TimeSpan.FromSeconds(seconds)) : "",
                datum.OutputFiles > 0 ? $"{Format.Count(datum.OutputFiles, "file")}, {Format.Bytes(datum.OutputBytes)}" : "",
                datum.Reason ?? "");
        }

        table.Write(context);
    }
}
