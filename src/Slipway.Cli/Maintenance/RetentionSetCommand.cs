using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Maintenance;

internal sealed class RetentionSetCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The branch");
    private readonly Option<string?> last = Declare.Text("--last", null, "N", "Keep the files of the last N commits");
    private readonly Option<string?> days = Declare.Text("--days", null, "D", "Keep the files of commits of the last D days");
    private readonly Option<string?> format = Declare.Output();

    public RetentionSetCommand()
        : base("set", "Say how long a branch keeps the files of its commits")
    {
        Add(branch);
        foreach (Option option in (ReadOnlySpan<Option>)[last, days, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway retention set training@master --last 10 --days 30", "Ten commits, and more where they are younger than a month; applied by the server, and by gc"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string[] parts = parsed.GetValue(branch)!.Split('@');
        if (parts.Length != 2)
        {
            throw new CliException($"'{parsed.GetValue(branch)}' names no branch", "write repo@branch, for example training@master", usage: true);
        }

        RetentionInfo rule = new(parts[0], parts[1], Values.WholeNumberOrNull(parsed.GetValue(last), "--last"), Values.Days(parsed.GetValue(days), "--days"));
        RetentionInfo set = await context.Client.SetRetentionAsync(rule, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, set, ApiJson.Default.RetentionInfo);
        }
        else
        {
            RetentionText.Write(context, set);
        }

        return ExitCodes.Success;
    }
}
