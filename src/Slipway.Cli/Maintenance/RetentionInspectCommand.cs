using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Maintenance;

internal sealed class RetentionInspectCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The branch");
    private readonly Option<string?> format = Declare.Output();

    public RetentionInspectCommand()
        : base("inspect", "Show the retention of a branch, and which commits lose their files next")
    {
        Add(branch);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway retention inspect training@master", "What goes with the next collection")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        RetentionInfo rule = await context.Client.InspectRetentionAsync(parsed.GetValue(branch)!, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, rule, ApiJson.Default.RetentionInfo);
        }
        else
        {
            RetentionText.Write(context, rule);
        }

        return ExitCodes.Success;
    }
}
