using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Images;

internal sealed class ImageHistoryCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "A name or the beginning of a digest");
    private readonly Option<string?> format = Declare.Output();

    public ImageHistoryCommand()
        : base("history", "Show the instructions that made an image, and what each added")
    {
        Add(image);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway image history app:2", "Newest first, with the bytes of its layer")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        ImageDetails details = await context.Client.InspectImageAsync(parsed.GetValue(image)!, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ImageStep> steps = StepsOf(details);
        if (json)
        {
            JsonOutput.Write(context, steps, ApiJson.Default.IReadOnlyListImageStep);
            return ExitCodes.Success;
        }

        Table table = new("LAYER", "SIZE", "MADE BY");
        foreach (ImageStep step in steps)
        {
            table.Add(step.Layer is null ? "" : Format.ShortId(step.Layer), Format.Bytes(step.Size), step.CreatedBy ?? step.Comment ?? "");
        }

        table.Write(context);
        return ExitCodes.Success;
    }

    /// <summary>Newest first. Layers that no instruction is recorded for stand alone.</summary>
    private static List<ImageStep> StepsOf(ImageDetails details)
    {
        List<ImageStep> steps = [];
        Queue<ImageLayer> layers = new(details.Layers);
        foreach (ImageHistory entry in details.History)
        {
            ImageLayer? layer = entry.EmptyLayer || layers.Count == 0 ? null : layers.Dequeue();
            steps.Add(new(layer?.Digest, layer?.Size ?? 0, entry.Created, entry.CreatedBy, entry.Comment));
        }

        steps.AddRange(layers.Select(static layer => new ImageStep(layer.Digest, layer.Size)));
        steps.Reverse();
        return steps;
    }
}
