using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data;

internal sealed class CommitFinishCommand : CliCommand
{
    private readonly Argument<string> commit = Declare.Required("REPO@COMMIT", "An open commit; REPO@BRANCH where one is open there");
    private readonly Option<bool> wait = Declare.Flag("--wait", null, "Wait for all that the commit causes");

    public CommitFinishCommand()
        : base("finish", "Finish an open commit: its branch moves and pipelines begin")
    {
        Add(commit);
        Add(wait);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway commit finish images@master", "The one commit that is open on master")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string at = DataAddress.Parse(parsed.GetValue(commit)!).Commit;
        CommitInfo finished = await context.Client.FinishCommitAsync(new FinishCommitRequest(at), cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{finished.Repo}@{finished.GlobalId}  {Format.Bytes(finished.Size)}");
        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        return parsed.GetValue(wait)
            ? JobsView.CodeOf(await new JobsView(context).WaitAsync(finished.GlobalId, cancellationToken).ConfigureAwait(false))
            : ExitCodes.Success;
    }
}
