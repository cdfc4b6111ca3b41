using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class CommitStartCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "Where it will stand");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history");
    private readonly Option<string?> expires = Declare.Text("--expires", null, "TIME", "Drop it after this time if it is still open: 30m, 2h, 7d (default: never)");
    private readonly Option<string?> transaction = Declare.Text("--transaction", null, "ID", "Make it part of this open transaction");

    public CommitStartCommand()
        : base("start", "Open a commit, to put many things into, and print its address")
    {
        Add(branch);
        Add(message);
        Add(expires);
        Add(transaction);
    }

    public override IReadOnlyList<Example> Examples => [new("at=$(slipway commit start images@master); slipway put $at:/ -f a/; slipway commit finish $at", "Several puts, one commit")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(branch)!);
        double? seconds = parsed.GetValue(expires) is { } time ? Values.Duration(time, "--expires").TotalSeconds : null;
        StartCommitRequest request = new(address.Repo, address.Revision, parsed.GetValue(message), Author.Of(context), seconds) { Transaction = parsed.GetValue(transaction) };
        CommitInfo commit = await context.Client.StartCommitAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{commit.Repo}@{commit.GlobalId}");
        return ExitCodes.Success;
    }
}
