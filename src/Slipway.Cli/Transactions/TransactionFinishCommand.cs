using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Transactions;

internal sealed class TransactionFinishCommand : CliCommand
{
    private readonly Argument<string> id = Declare.Required("ID", "An open transaction");
    private readonly Option<bool> wait = Declare.Flag("--wait", null, "Wait for all that it causes");

    public TransactionFinishCommand()
        : base("finish", "Make all of a transaction visible at once")
    {
        Add(id);
        Add(wait);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway transaction finish $t", "All of it or, on a conflict in one repo, nothing")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        FinishedTransaction finished = await context.Client.FinishTransactionAsync(parsed.GetValue(id)!, cancellationToken).ConfigureAwait(false);
        foreach (BranchInfo branch in finished.Branches)
        {
            context.Out.WriteLine($"{branch.Repo}@{branch.Name}  {branch.Head ?? "(no commit yet)"}");
        }

        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        return parsed.GetValue(wait) && finished.Commits.Count > 0
            ? JobsView.CodeOf(await new JobsView(context).WaitAsync(finished.Id, cancellationToken).ConfigureAwait(false))
            : ExitCodes.Success;
    }
}
