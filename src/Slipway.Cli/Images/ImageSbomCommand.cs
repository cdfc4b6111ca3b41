using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Images;

internal sealed class ImageSbomCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "A name or the beginning of a digest");

    public ImageSbomCommand()
        : base("sbom", "List the packages in an image, as SPDX") => Add(image);

    public override IReadOnlyList<Example> Examples => [new("slipway image sbom python:3.11 > python.spdx.json", "Whatever built the image; slipway build --sbom attaches the list to one")];

    public override string Remarks => "The packages of dpkg, rpm, apk, pip, conda and npm, as their own lists in the image name them (SPDX 2.3, JSON).";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        using Stream document = await context.Client.GetImageSbomAsync(parsed.GetValue(image)!, cancellationToken).ConfigureAwait(false);
        return await DocumentOutput.PrintAsync(context, document, cancellationToken).ConfigureAwait(false);
    }
}
