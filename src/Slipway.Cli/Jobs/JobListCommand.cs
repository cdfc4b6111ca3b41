using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Jobs;

internal sealed class JobListCommand : CliCommand
{
    private readonly Option<string?> pipeline = Declare.Text("--pipeline", "-p", "NAME", "Only this pipeline's");
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many of the newest");
    private readonly Option<bool> quiet = Declare.Quiet("ids");
    private readonly Option<string?> format = Declare.Output();

    public JobListCommand()
        : base("ls", "List jobs, newest first")
    {
        Add(pipeline);
        Add(limit);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway job ls -p train -n 5", "The last five jobs of train: what ran and what was skipped")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<JobInfo> jobs = await context.Client.ListJobsAsync(
            parsed.GetValue(pipeline), Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit"), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, jobs, ApiJson.Default.IReadOnlyListJobInfo);
            return ExitCodes.Success;
        }

        DateTimeOffset now = context.Time.GetUtcNow();
        Table table = new("JOB", "PIPELINE", "STATE", "DATUMS", "STARTED", "TOOK");
        foreach (JobInfo job in jobs)
        {
            if (parsed.GetValue(quiet))
            {
                context.Out.WriteLine(job.Id);
                continue;
            }

            table.Add(
                job.Id,
                job.Pipeline,
                JobText.State(job.State),
                JobsView.Counts(job.Counts),
                job.Started is { } started ? Format.Ago(started, now) : "",
                job.Started is { } begin ? Format.Duration((job.Finished ?? now) - begin) : "");
        }

        if (!parsed.GetValue(quiet))
        {
            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
