using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Transactions;

internal sealed class TransactionListCommand : CliCommand
{
    private readonly Option<bool> quiet = Declare.Quiet("ids");
    private readonly Option<string?> format = Declare.Output();

    public TransactionListCommand()
        : base("ls", "List the open transactions and what is in each")
    {
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway transaction ls", "Oldest first")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<TransactionInfo> open = await context.Client.ListTransactionsAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, open, ApiJson.Default.IReadOnlyListTransactionInfo);
            return ExitCodes.Success;
        }

        Table table = new("TRANSACTION", "STARTED", "BY", "COMMITS ON", "MOVES", "MESSAGE");
        foreach (TransactionInfo transaction in open)
        {
            if (parsed.GetValue(quiet))
            {
                context.Out.WriteLine(transaction.Id);
                continue;
            }

            string moves = string.Join(", ", transaction.Branches.Select(static branch => $"{branch.Repo}@{branch.Name}"));
            string started = Format.Ago(transaction.Started, context.Time.GetUtcNow());
            table.Add(transaction.Id, started, transaction.Author, string.Join(", ", transaction.Commits), moves, transaction.Message);
        }

        if (!parsed.GetValue(quiet))
        {
            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
