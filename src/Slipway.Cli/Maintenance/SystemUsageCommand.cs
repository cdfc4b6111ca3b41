using System.CommandLine;
using System.Globalization;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Maintenance;

internal sealed class SystemUsageCommand : CliCommand
{
    private readonly Option<bool> verbose = Declare.Flag("--verbose", "-v", "Also every cache mount of builds");
    private readonly Option<string?> format = Declare.Output();

    public SystemUsageCommand()
        : base("df", "Show what takes how much room: images, build cache, containers, data, logs")
    {
        Add(verbose);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway system df", "Every kind of thing, and what of it can be made again"),
        new("slipway system df -v", "Also what each RUN --mount=type=cache keeps"),
    ];

    public override string Remarks =>
        "What two kinds share (a layer of an image and of a build step) counts in both, and once in the last line. `slipway build prune`, `slipway gc`, `slipway rmi` and\n"
        + "`slipway rm` make room; `slipway du` says which repo or commit holds what.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        StoreRoomInfo info;
        using (new ProgressLine(context, static () => "measuring"))
        {
            info = await context.Client.GetStoreRoomAsync(cancellationToken).ConfigureAwait(false);
        }

        if (json)
        {
            JsonOutput.Write(context, info, ApiJson.Default.StoreRoomInfo);
            return ExitCodes.Success;
        }

        Table table = new("KIND", "COUNT", "ACTIVE", "SIZE", "RECLAIMABLE");
        foreach (RoomEntry kind in info.Kinds)
        {
            table.Add(kind.Kind, Number(kind.Count), Number(kind.Active), Format.Bytes(kind.Size), kind.Reclaimable is { } free ? Format.Bytes(free) : "");
        }

        table.Write(context);
        if (parsed.GetValue(verbose))
        {
            WriteMounts(context, info.CacheMounts);
        }

        return ExitCodes.Success;
    }

    private static void WriteMounts(CommandContext context, IReadOnlyList<CacheMountInfo> mounts)
    {
        context.Out.WriteLine();
        Table table = new("CACHE MOUNT", "SIZE", "LAST USED");
        DateTimeOffset now = context.Time.GetUtcNow();
        foreach (CacheMountInfo mount in mounts)
        {
            table.Add(mount.Id, Format.Bytes(mount.Size), mount.Active ? "now" : Format.Ago(mount.Used, now));
        }

        table.Write(context);
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
