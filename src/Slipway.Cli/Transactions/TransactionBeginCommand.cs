using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Transactions;

internal sealed class TransactionBeginCommand : CliCommand
{
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history of each repo");
    private readonly Option<string?> expires = Declare.Text("--expires", null, "TIME", "Drop it after this time if it is still open: 30m, 2h, 7d (default: never)");

    public TransactionBeginCommand()
        : base("begin", "Open a transaction over several repos, and print its id")
    {
        Add(message);
        Add(expires);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("t=$(slipway transaction begin)", "Then what belongs together:"),
        new("slipway put $(slipway commit start images@master --transaction $t):/ -f img/", "Files of one repo"),
        new("slipway put $(slipway commit start labels@master --transaction $t):/ -f labels.csv", "Files of another"),
        new("slipway transaction finish $t", "Both at once; a pipeline that reads both runs once"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        double? seconds = parsed.GetValue(expires) is { } time ? Values.Duration(time, "--expires").TotalSeconds : null;
        BeginTransactionRequest request = new(parsed.GetValue(message), Author.Of(context), seconds);
        context.Out.WriteLine((await context.Client.BeginTransactionAsync(request, cancellationToken).ConfigureAwait(false)).Id);
        return ExitCodes.Success;
    }
}
