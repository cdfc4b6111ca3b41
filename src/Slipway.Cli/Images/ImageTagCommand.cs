using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Images;

internal sealed class ImageTagCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "A name or the beginning of a digest");
    private readonly Argument<string> tag = Declare.Required("NAME[:TAG]", "The other name");

    public ImageTagCommand()
        : base("tag", "Give an image another name")
    {
        Add(image);
        Add(tag);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway tag train train:2026-11", "Keep today's image under a name that stays")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        await context.Client.TagImageAsync(new TagImageRequest(parsed.GetValue(image)!, parsed.GetValue(tag)!), cancellationToken).ConfigureAwait(false);
        return ExitCodes.Success;
    }
}
