using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Archives;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Images;

internal sealed class ImageImportCommand : CliCommand
{
    private readonly Argument<string> tar = Declare.Required("TAR", "A root file system as tar or tar.gz; - for stdin");
    private readonly Argument<string> name = Declare.Required("NAME[:TAG]", "The image's name");
    private readonly Option<string[]?> env = Declare.Texts("--env", "-e", "NAME=VALUE", "A variable of its containers");
    private readonly Option<string[]?> cmd = Declare.Texts("--cmd", null, "WORD", "What its containers run by default, a word each time");
    private readonly Option<string?> workdir = Declare.Text("--workdir", "-w", "FOLDER", "Where its containers start");
    private readonly Option<string?> user = Declare.Text("--user", "-u", "USER", "Who its containers run as");
    private readonly Option<string[]?> labels = Declare.Texts("--label", "-l", "NAME=VALUE", "A label of the image");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Where it comes from, for its history");

    public ImageImportCommand()
        : base("import", "Make an image from a root file system")
    {
        Add(tar);
        Add(name);
        foreach (Option option in (ReadOnlySpan<Option>)[env, cmd, workdir, user, labels, message])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway image import rootfs.tar python:3.11", "A base image for Dockerfiles"),
        new("mmdebstrap --variant=minbase bookworm - | slipway image import - debian:12 --cmd bash", "Debian from its packages"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        ImportImageOptions options = new()
        {
            Tag = parsed.GetValue(name)!,
            Environment = EnvironmentOption.Read(parsed.GetValue(env) ?? [], [], context.Environment, context.Resolve),
            Command = parsed.GetValue(cmd) is { Length: > 0 } words ? words : null,
            WorkingDirectory = parsed.GetValue(workdir),
            User = parsed.GetValue(user),
            Labels = Values.Pairs(parsed.GetValue(labels), "--label", static _ => ""),
            Message = parsed.GetValue(message),
        };
        string file = parsed.GetValue(tar)!;
        long? length = file == "-" ? null : Length(context.Resolve(file), file);
        TransferProgress progress = new(context.Time, "importing:", length);
        ImageSummary image;
        using (new ProgressLine(context, progress.ToString))
        {
            image = await context.Client.ImportImageAsync(
                options,
                async (destination, token) =>
                {
                    using Stream source = length is long bytes ? new ExactFile(context.Resolve(file), bytes, progress.Add) : context.OpenInput();
                    await source.CopyToAsync(destination, 128 * 1024, token).ConfigureAwait(false);
                },
                length,
                cancellationToken).ConfigureAwait(false);
        }

        context.Out.WriteLine($"{image.Reference ?? options.Tag}  {image.Digest}  {Format.Bytes(image.Size)}");
        return ExitCodes.Success;
    }

    private static long Length(string path, string shown) =>
        File.Exists(path) ? new FileInfo(path).Length : throw new CliException($"there is no file '{shown}'", "give a tar of a root file system, or - for stdin");
}
