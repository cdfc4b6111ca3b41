using System.CommandLine;
using Slipway.Cli.Archives;
using Slipway.Cli.Options;

namespace Slipway.Cli.Images;

internal sealed class ImageExportCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "A name or the beginning of a digest");
    private readonly Option<string?> output = Declare.Text("--output", "-o", "FILE", "Where to (stdout)");

    public ImageExportCommand()
        : base("export", "Write an image's files into a tar, as all its layers together show them")
    {
        Add(image);
        Add(output);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway image export app:2 | tar -t", "Its files; slipway save writes the image itself")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string name = parsed.GetValue(image)!;
        string? file = parsed.GetValue(output);
        ArchiveOutput.Check(context, file, $"slipway image export -o files.tar {name}");
        Stream tar = await context.Client.GetImageFilesAsync(name, cancellationToken).ConfigureAwait(false);
        await using (tar.ConfigureAwait(false))
        {
            await ArchiveOutput.WriteAsync(context, tar, file, "exporting:", cancellationToken).ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }
}
