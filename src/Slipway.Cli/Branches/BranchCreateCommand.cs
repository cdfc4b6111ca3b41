using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Branches;

internal sealed class BranchCreateCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The new branch");
    private readonly Option<string?> from = Declare.Text("--from", null, "REVISION", "Where it begins: a branch, a tag, an id, master~3, master.1 (default: empty)");
    private readonly Option<string?> transaction = Declare.Text("--transaction", null, "ID", "Let this open transaction do it, when it finishes");

    public BranchCreateCommand()
        : base("create", "Create a branch, at a commit or empty")
    {
        Add(branch);
        Add(from);
        Add(transaction);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway branch create training@try --from master~3", "What master was three commits ago; no bytes are copied")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(branch)!);
        string? start = parsed.GetValue(from) is { } text ? Revision.Of(text, address.Repo) : null;
        CreateBranchRequest request = new(address.Repo, address.Revision, start, parsed.GetValue(transaction));
        BranchInfo made = await context.Client.CreateBranchAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{made.Repo}@{made.Name}  {made.Head ?? "(no commit yet)"}");
        return ExitCodes.Success;
    }
}
