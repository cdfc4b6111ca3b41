using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Images;

internal sealed class ImageRemoveCommand : CliCommand
{
    private readonly Argument<string[]> images = Declare.Many("IMAGE", "Names, or the beginnings of digests");
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "Though it has several names, or containers were made from it");

    public ImageRemoveCommand(string name)
        : base(name, "Take names away; an image without a name is deleted")
    {
        Add(images);
        Add(force);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway rmi train:old", "Remove the name, and the image when that was its last")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string image in parsed.GetValue(images)!)
        {
            RemovedImage removed = await context.Client.RemoveImageAsync(image, parsed.GetValue(force), cancellationToken).ConfigureAwait(false);
            foreach (string name in removed.Untagged)
            {
                context.Out.WriteLine($"untagged {name}");
            }

            foreach (string digest in removed.Deleted)
            {
                context.Out.WriteLine($"deleted {digest}");
            }
        }

        return ExitCodes.Success;
    }
}
