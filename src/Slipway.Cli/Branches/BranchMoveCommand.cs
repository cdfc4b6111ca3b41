using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Branches;

internal sealed class BranchMoveCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The branch");
    private readonly Argument<string> to = Declare.Required("REVISION", "Where it shall stand: a branch, a tag, an id, master~3, master.1");
    private readonly Option<string?> expect = Declare.Text("--expect", null, "ID", "Only where this is still its head");
    private readonly Option<string?> transaction = Declare.Text("--transaction", null, "ID", "Let this open transaction do it, when it finishes");

    public BranchMoveCommand()
        : base("move", "Move a branch to another commit, forwards or backwards")
    {
        Add(branch);
        Add(to);
        Add(expect);
        Add(transaction);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway branch move training@master master~1", "Take the last commit back; pipelines follow, and find what they computed then")];

    public override string Remarks => "No commit is lost: those that the branch leaves stay in the repo, under their ids.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(branch)!);
        MoveBranchRequest request = new(address.Commit, Revision.Of(parsed.GetValue(to)!, address.Repo), parsed.GetValue(expect), parsed.GetValue(transaction));
        BranchInfo moved = await context.Client.MoveBranchAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{moved.Repo}@{moved.Name}  {moved.Head}");
        return ExitCodes.Success;
    }
}
