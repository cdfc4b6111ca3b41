using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Images;

internal sealed class ImagePruneCommand : CliCommand
{
    private readonly Option<bool> all = Declare.Flag("--all", "-a", "Those with names too, where no container and no pipeline uses them");
    private readonly Option<string?> format = Declare.Output();

    public ImagePruneCommand()
        : base("prune", "Remove images without a name that nothing uses")
    {
        Add(all);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway image prune", "What builds left when they took a name away"), new("slipway image prune --all", "All that neither a container nor a pipeline uses")];

    public override string Remarks => "Layers that other images share stay. The space is free after the next collection, which begins at once.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        PrunedImages pruned = await context.Client.PruneImagesAsync(parsed.GetValue(all), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, pruned, ApiJson.Default.PrunedImages);
            return ExitCodes.Success;
        }

        foreach (string name in pruned.Untagged)
        {
            context.Out.WriteLine($"untagged {name}");
        }

        foreach (string digest in pruned.Deleted)
        {
            context.Out.WriteLine($"deleted {digest}");
        }

        context.Out.WriteLine($"{Format.Count(pruned.Deleted.Count, "image")} removed, {Format.Bytes(pruned.Reclaimed)} to reclaim");
        return ExitCodes.Success;
    }
}
