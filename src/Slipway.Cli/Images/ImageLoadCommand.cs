using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Archives;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;
using Slipway.Linux;

namespace Slipway.Cli.Images;

internal sealed class ImageLoadCommand : CliCommand
{
    private readonly Option<string?> input = Declare.Text("--input", "-i", "FILE", "The tar (stdin)");
    private readonly Option<bool> quiet = Declare.Quiet("names");
    private readonly Option<string?> format = Declare.Output();

    public ImageLoadCommand(string name)
        : base(name, "Read images from a tar")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[input, quiet, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway load -i app.tar", "What slipway save, docker save, podman save or skopeo wrote; plain or gzip"),
        new("docker save app:2 | slipway load", "From docker's own store"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string? file = parsed.GetValue(input) is "-" ? null : parsed.GetValue(input);
        if (file is null && context.Terminal.Input)
        {
            throw new CliException("there is no tar on stdin", "name the file: slipway load -i FILE", usage: true);
        }

        long? length = file is null ? null : LengthOf(context.Resolve(file), file);
        TransferProgress progress = new(context.Time, "loading:", length);
        IReadOnlyList<LoadedImage> loaded;
        using (new ProgressLine(context, progress.ToString))
        {
            loaded = (file is null ? null : await ReadByServerAsync(context, context.Resolve(file), progress, cancellationToken).ConfigureAwait(false))
                ?? await context.Client.LoadImagesAsync(
                    async (destination, token) =>
                    {
                        using Stream source = length is long bytes ? new ExactFile(context.Resolve(file!), bytes, progress.Add) : context.OpenInput();
                        await source.CopyToAsync(destination, 1 << 20, token).ConfigureAwait(false);
                    },
                    length,
                    cancellationToken).ConfigureAwait(false);
        }

        if (json)
        {
            JsonOutput.Write(context, loaded, ApiJson.Default.IReadOnlyListLoadedImage);
            return ExitCodes.Success;
        }

        foreach (LoadedImage image in loaded)
        {
            string name = image.Reference ?? image.Digest;
            context.Out.WriteLine(parsed.GetValue(quiet) ? name : image.Reference is null ? $"loaded {image.Digest}" : $"loaded {image.Reference}  {image.Digest}");
        }

        return ExitCodes.Success;
    }

    /// <summary>Asks the local server to read the file itself; null where it cannot, and it is sent.</summary>
    private static async Task<IReadOnlyList<LoadedImage>?> ReadByServerAsync(CommandContext context, string path, TransferProgress progress, CancellationToken cancellationToken)
    {
        if (context.Server.Host is not null)
        {
            return null;
        }

        FileStatus status = Libc.Status(Path.GetFullPath(new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path));
        long told = 0;
        return await context.Client.LoadLocalImagesAsync(
            new LocalSource(path, Path.GetFileName(path), false, status.Device, status.Inode),
            step =>
            {
                progress.Add(step.Bytes - told);
                told = step.Bytes;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static long LengthOf(string path, string shown) =>
        File.Exists(path) ? new FileInfo(path).Length : throw new CliException($"there is no file '{shown}'", "give a tar of images, or leave -i away for stdin");
}
