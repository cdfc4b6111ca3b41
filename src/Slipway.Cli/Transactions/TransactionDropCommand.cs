using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Transactions;

internal sealed class TransactionDropCommand : CliCommand
{
    private readonly Argument<string[]> ids = Declare.Many("ID", "Open transactions");

    public TransactionDropCommand()
        : base("drop", "Abandon transactions with what was put into them") => Add(ids);

    public override IReadOnlyList<Example> Examples => [new("slipway transaction drop $t", "Nothing of it becomes visible")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string id in parsed.GetValue(ids)!)
        {
            await context.Client.DropTransactionAsync(id, cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"dropped {id}");
        }

        return ExitCodes.Success;
    }
}
