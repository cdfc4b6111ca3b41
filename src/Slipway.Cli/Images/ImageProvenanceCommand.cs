using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Images;

internal sealed class ImageProvenanceCommand : CliCommand
{
    private const string Statement = "application/vnd.in-toto+json";

    private readonly Argument<string> image = Declare.Required("IMAGE", "A name or the beginning of a digest");

    public ImageProvenanceCommand()
        : base("provenance", "Print what an image was built from, as a SLSA statement") => Add(image);

    public override IReadOnlyList<Example> Examples => [new("slipway image provenance train", "The Dockerfile's digest, the context's, its git commit, the base images")];

    public override string Remarks => "The newest in-toto statement that is attached to the image; slipway image inspect lists all that is attached.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        using Stream document = await context.Client.GetImageReferrerAsync(parsed.GetValue(image)!, Statement, cancellationToken).ConfigureAwait(false);
        return await DocumentOutput.PrintAsync(context, document, cancellationToken).ConfigureAwait(false);
    }
}
