using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Maintenance;

internal sealed class RetentionListCommand : CliCommand
{
    private readonly Option<string?> format = Declare.Output();

    public RetentionListCommand()
        : base("ls", "List the retention of branches") => Add(format);

    public override IReadOnlyList<Example> Examples => [new("slipway retention ls", "Branches without one keep everything")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<RetentionInfo> rules = await context.Client.ListRetentionAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, rules, ApiJson.Default.IReadOnlyListRetentionInfo);
            return ExitCodes.Success;
        }

        Table table = new("BRANCH", "KEEPS THE FILES OF");
        foreach (RetentionInfo rule in rules)
        {
            table.Add($"{rule.Repo}@{rule.Branch}", RetentionText.Keeps(rule));
        }

        table.Write(context);
        return ExitCodes.Success;
    }
}
