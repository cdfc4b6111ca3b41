using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Maintenance;

internal sealed class VerifyCommand : CliCommand
{
    private readonly Argument<string?> target = Declare.Optional("REPO[@REVISION]", "All commits of a repo, or one");
    private readonly Option<bool> all = Declare.Flag("--all", null, "The whole store: packs, indexes, every blob, every record");
    private readonly Option<bool> repair = Declare.Flag("--repair", null, "Mend what can be mended");
    private readonly Option<string[]?> from = Declare.Texts("--from", null, "PLACE", "Where good copies are: another store's home or blob folder, or http(s)://server");
    private readonly Option<string?> format = Declare.Output();

    public VerifyCommand()
        : base("verify", "Read stored bytes again and name what is damaged")
    {
        Add(target);
        foreach (Option option in (ReadOnlySpan<Option>)[all, repair, from, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway verify training@master", "Every byte that the commit reaches"),
        new("slipway verify --all", "Everything; ends with 1 where something is damaged"),
        new("slipway verify --all --repair --from /mnt/backup/slipway", "Mend from a copy of the home"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string? what = parsed.GetValue(target);
        if (what is null != parsed.GetValue(all))
        {
            throw new CliException("name a repo or a commit, or give --all", "slipway verify training@master, or slipway verify --all", usage: true);
        }

        string[] places = parsed.GetValue(from) ?? [];
        VerifyRequest request = new(what, parsed.GetValue(repair) || places.Length > 0, [.. places.Select(place => IsAddress(place) ? place : context.Resolve(place))]);
        VerifyProgress now = new("starting", 0);
        using (new ProgressLine(context, () => now.Done > 0 ? $"{now.Step}: {Format.Bytes(now.Done)}" : now.Step))
        {
            await foreach (VerifyProgress line in context.Client.VerifyAsync(request, cancellationToken).ConfigureAwait(false))
            {
                now = line;
            }
        }

        VerifyResult result = now.Result ?? throw new CliException("the server broke off before the verification was done", "slipway info shows whether it still runs");
        if (json)
        {
            JsonOutput.Write(context, result, ApiJson.Default.VerifyResult);
        }
        else
        {
            Write(context, result);
        }

        return result.Faults.All(static fault => fault.Repaired) ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static bool IsAddress(string place) =>
        place.StartsWith("http://", StringComparison.Ordinal) || place.StartsWith("https://", StringComparison.Ordinal);

    private static void Write(CommandContext context, VerifyResult result)
    {
        foreach (VerifyFault fault in result.Faults)
        {
            string note = fault.Repaired ? $"  repaired, {fault.Note}" : fault.Note is null ? "" : $"  not repaired: {fault.Note}";
            context.Out.WriteLine($"{fault.Kind} {fault.What}: {fault.Fault}{note}");
            foreach (string hit in fault.Hits)
            {
                context.Out.WriteLine($"  {hit}");
            }

            if (fault.MoreHits > 0)
            {
                context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  … and {fault.MoreHits} more"));
            }
        }

        string records = result.Records > 0 ? $", {Format.Count(result.Records, "record")}" : "";
        string purged = result.Purged > 0 ? string.Create(CultureInfo.InvariantCulture, $", {result.Purged} purged") : "";
        string seen = $"{Format.Count(result.Blobs, "blob")} ({Format.Bytes(result.Bytes)}), {Format.Count(result.Commits, "commit")}{records}{purged}";
        int left = result.Faults.Count(static fault => !fault.Repaired);
        string verdict = result.Faults.Count == 0 ? "all is well" : left == 0 ? $"{Format.Count(result.Faults.Count, "fault")} found and repaired" : $"{Format.Count(left, "fault")}";
        context.Out.WriteLine($"{verdict}: {seen} in {Format.Duration(TimeSpan.FromSeconds(result.Seconds))}");
    }
}
