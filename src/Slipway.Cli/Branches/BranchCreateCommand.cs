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
    private readonly TriggerOptions trigger = new();

    public BranchCreateCommand()
        : base("create", "Create a branch, at a commit or empty")
    {
        Add(branch);
        Add(from);
        Add(transaction);
        trigger.AddTo(this);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway branch create training@try --from master~3", "What master was three commits ago; no bytes are copied"),
        new("slipway branch create training@nightly --trigger master --cron '0 2 * * *'", "Pipelines that read nightly run once a night, if master has something new"),
        new("slipway branch create training@staging --trigger master --commits 10 --size 1g", "After ten commits or a gigabyte, whichever comes first"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(branch)!);
        string? start = parsed.GetValue(from) is { } text ? Revision.Of(text, address.Repo) : null;
        CreateBranchRequest request = new(address.Repo, address.Revision, start, parsed.GetValue(transaction)) { Trigger = trigger.Read(parsed) };
        BranchInfo made = await context.Client.CreateBranchAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{made.Repo}@{made.Name}  {made.Head ?? "(no commit yet)"}");
        return ExitCodes.Success;
    }
}
