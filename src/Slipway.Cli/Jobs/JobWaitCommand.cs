using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Jobs;

internal sealed class JobWaitCommand : CliCommand
{
    private readonly Argument<string> id = Declare.Required("JOB", "As slipway job ls prints it");

    public JobWaitCommand()
        : base("wait", "Wait until a job is done, with all that the same commit caused") => Add(id);

    public override IReadOnlyList<Example> Examples => [new("slipway job wait $(slipway job ls -q -n 1)", "Exit code 0 when all succeeded, 1 when not")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        JobInfo job = await context.Client.InspectJobAsync(parsed.GetValue(id)!, cancellationToken).ConfigureAwait(false);
        return JobsView.CodeOf(await new JobsView(context).WaitAsync(job.GlobalId, cancellationToken).ConfigureAwait(false));
    }
}
