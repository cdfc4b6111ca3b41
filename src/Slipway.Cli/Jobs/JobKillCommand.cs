using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Jobs;

internal sealed class JobKillCommand : CliCommand
{
    private readonly Argument<string[]> ids = Declare.Many("JOB", "As slipway job ls prints them");

    public JobKillCommand()
        : base("kill", "Stop jobs; datums that are done keep their results") => Add(ids);

    public override IReadOnlyList<Example> Examples => [new("slipway job kill train@0199f2c0a1b27cc4b1e2d3c4e5f60718", "Its containers end, its output commit is marked failed")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string id in parsed.GetValue(ids)!)
        {
            JobInfo job = await context.Client.KillJobAsync(id, cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"{job.Id}  {JobText.State(job.State)}");
        }

        return ExitCodes.Success;
    }
}
