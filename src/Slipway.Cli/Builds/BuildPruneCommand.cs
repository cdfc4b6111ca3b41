using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Maintenance;
using Slipway.Cli.Options;

namespace Slipway.Cli.Builds;

internal sealed class BuildPruneCommand : CliCommand
{
    private readonly Option<bool> all = Declare.Flag("--all", "-a", "Forget steps too whose layer an image has: the next build runs them");
    private readonly Option<string[]?> filter = Declare.Texts("--filter", null, "until=TIME", "Only what no build used for so long: until=24h");
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "As docker's, which asks without it; here nothing is asked");
    private readonly Option<bool> dryRun = Declare.Flag("--dry-run", null, "Say what would go, and remove nothing");
    private readonly Option<string?> format = Declare.Output();

    public BuildPruneCommand()
        : base("prune", "Remove cached build steps and cache mounts")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[all, filter, force, dryRun, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway build prune", "Steps whose layer no image has, and what RUN --mount=type=cache keeps"),
        new("slipway build prune --filter until=168h --dry-run", "What no build used for a week"),
    ];

    public override string Remarks =>
        "What a running build holds stays. The layers go with a collection (`slipway gc`), which is run at once. The server does the same by itself for what was not used\n"
        + "for 30 days, and for cache mounts beyond a tenth of the disk.";

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        double unused = 0;
        foreach (string text in parsed.GetValue(filter) ?? [])
        {
            unused = text.StartsWith("until=", StringComparison.Ordinal)
                ? Values.Duration(text["until=".Length..], "--filter until").TotalSeconds
                : throw new CliException($"--filter {text}: this filter is not known", "for example: --filter until=24h", usage: true);
        }

        CollectRequest request = new(parsed.GetValue(dryRun), BuildCache: new BuildCacheRule(parsed.GetValue(all), unused));
        return CollectCommand.RunAsync(context, request, Declare.IsJson(parsed.GetValue(format)), cancellationToken);
    }
}
