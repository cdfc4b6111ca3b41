using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Maintenance;

internal sealed class CollectCommand : CliCommand
{
    private readonly Option<bool> dryRun = Declare.Flag("--dry-run", null, "Say what would go, and remove nothing");
    private readonly Option<string?> keepDays = Declare.Text("--keep-days", null, "DAYS", "Keep unused answers and build steps so long (30)");
    private readonly Option<string?> format = Declare.Output();

    public CollectCommand()
        : base("gc", "Remove what nothing needs any more")
    {
        Add(dryRun);
        Add(keepDays);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway gc --dry-run", "What would go, and how much room that makes"),
        new("slipway gc", "Do it; puts, jobs and builds go on meanwhile"),
    ];

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        RunAsync(context, new(parsed.GetValue(dryRun), Values.Days(parsed.GetValue(keepDays), "--keep-days")), Declare.IsJson(parsed.GetValue(format)), cancellationToken);

    /// <summary>Collects, shows how far it is, and says what went.</summary>
    internal static async Task<int> RunAsync(CommandContext context, CollectRequest request, bool json, CancellationToken cancellationToken)
    {
        CollectProgress now = new("starting", 0);
        using (new ProgressLine(context, () => string.Create(CultureInfo.InvariantCulture, $"{now.Step}: {now.Done}")))
        {
            await foreach (CollectProgress line in context.Client.CollectAsync(request, cancellationToken).ConfigureAwait(false))
            {
                now = line;
            }
        }

        CollectResult result = now.Result ?? throw new CliException("the server broke off before the collection was done", "slipway info shows whether it still runs");
        if (json)
        {
            JsonOutput.Write(context, result, ApiJson.Default.CollectResult);
            return ExitCodes.Success;
        }

        Write(context, result);
        return ExitCodes.Success;
    }

    private static void Write(CommandContext context, CollectResult result)
    {
        Table table = new(result.DryRun ? "WOULD GO" : "REMOVED", "COUNT", "SIZE");
        foreach (CollectedKind kind in result.Kinds)
        {
            table.Add(kind.Kind, kind.Count.ToString(CultureInfo.InvariantCulture), kind.Bytes > 0 ? Format.Bytes(kind.Bytes) : "");
        }

        table.Write(context);
        if (result.DryRun && result.Largest.Count > 0)
        {
            context.Out.WriteLine("the largest:");
            foreach (CollectedBlob blob in result.Largest)
            {
                context.Out.WriteLine($"  {blob.Digest}  {Format.Bytes(blob.Size)}");
            }
        }

        string leased = result.Leased > 0 ? $", {Format.Count(result.Leased, "blob")} of work under way left for the next time" : "";
        context.Out.WriteLine($"kept {Format.Count(result.Kept, "blob")}, {Format.Bytes(result.KeptBytes)}{leased}  {Format.Duration(TimeSpan.FromSeconds(result.Seconds))}");
    }
}
