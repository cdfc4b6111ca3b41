using System.CommandLine;
using Slipway.Cli.Archives;
using Slipway.Cli.Options;

namespace Slipway.Cli.Images;

internal sealed class ImageSaveCommand : CliCommand
{
    private readonly Argument<string[]> images = Declare.Many("IMAGE", "Names, or the beginnings of digests");
    private readonly Option<string?> output = Declare.Text("--output", "-o", "FILE", "Where to (stdout)");

    public ImageSaveCommand(string name)
        : base(name, "Write images into a tar")
    {
        Add(images);
        Add(output);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway save -o app.tar app:2", "For slipway load, docker load, podman load or skopeo, on a machine without a registry"),
        new("slipway save app:2 base:1 | ssh other slipway load", "Several; layers that they share are in it once"),
    ];

    public override string Remarks => "The tar is an OCI image layout and docker's archive in one. The same images under the same names give the same bytes.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string? file = parsed.GetValue(output);
        string[] names = parsed.GetValue(images)!;
        ArchiveOutput.Check(context, file, $"slipway save -o image.tar {names[0]}");
        Stream tar = await context.Client.SaveImagesAsync(names, cancellationToken).ConfigureAwait(false);
        await using (tar.ConfigureAwait(false))
        {
            await ArchiveOutput.WriteAsync(context, tar, file, "saving:", cancellationToken).ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }
}
