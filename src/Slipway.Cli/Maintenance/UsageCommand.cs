using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Maintenance;

internal sealed class UsageCommand : CliCommand
{
    private readonly Argument<string?> target = Declare.Optional("REPO[@REVISION]", "The commits of a repo, or one commit; without it every repo");
    private readonly Option<string?> format = Declare.Output();

    public UsageCommand()
        : base("du", "Show how much room repos and commits take")
    {
        Add(target);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway du", "Every repo, and what it alone holds"),
        new("slipway du training", "What each of its commits alone holds: what dropping it would free"),
        new("slipway du training@master", "One commit"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<UsageEntry> entries;
        using (new ProgressLine(context, static () => "measuring"))
        {
            entries = await context.Client.GetUsageAsync(parsed.GetValue(target), cancellationToken).ConfigureAwait(false);
        }

        if (json)
        {
            JsonOutput.Write(context, entries, ApiJson.Default.IReadOnlyListUsageEntry);
            return ExitCodes.Success;
        }

        Table table = new(parsed.GetValue(target) is null ? "REPO" : "COMMIT", "COMMITS", "SIZE", "STORED", "ALONE");
        foreach (UsageEntry entry in entries)
        {
            table.Add(
                entry.Name,
                entry.Commits > 0 ? entry.Commits.ToString(CultureInfo.InvariantCulture) : "",
                entry.Size is { } size ? Format.Bytes(size) : "",
                entry.Stored is { } stored ? Format.Bytes(stored) : "",
                Format.Bytes(entry.Alone));
        }

        table.Write(context);
        return ExitCodes.Success;
    }
}
