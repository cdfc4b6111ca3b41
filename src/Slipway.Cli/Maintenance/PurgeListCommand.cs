using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Maintenance;

internal sealed class PurgeListCommand : CliCommand
{
    private readonly Option<string?> format = Declare.Output();

    public PurgeListCommand()
        : base("list", "Show what was purged, when, by whom and why") => Add(format);

    public override IReadOnlyList<Example> Examples => [new("slipway purge list -o json", "With the files of commits that had it")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<PurgeInfo> purges = await context.Client.ListPurgesAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, purges, ApiJson.Default.IReadOnlyListPurgeInfo);
            return ExitCodes.Success;
        }

        Table table = new("DIGEST", "SIZE", "PURGED", "BY", "REASON", "WAS");
        foreach (PurgeInfo purge in purges)
        {
            string more = purge.Uses.Count + purge.MoreUses > 1 ? $" and {purge.Uses.Count + purge.MoreUses - 1} more" : "";
            string allowed = purge.AllowedBy is { } by ? $" (allowed again by {by})" : "";
            table.Add(
                Format.ShortId(purge.Digest), Format.Bytes(purge.Size), Format.Time(purge.When), purge.By, purge.Reason + allowed, purge.Uses.Count > 0 ? purge.Uses[0] + more : "");
        }

        table.Write(context);
        return ExitCodes.Success;
    }
}
