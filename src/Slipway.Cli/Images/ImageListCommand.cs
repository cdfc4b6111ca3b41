using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Images;

internal sealed class ImageListCommand : CliCommand
{
    private readonly Option<bool> quiet = Declare.Quiet("digests");
    private readonly Option<string?> format = Declare.Output();

    public ImageListCommand(string name)
        : base(name, "List images, newest first")
    {
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway images", "Every name of every image"), new("slipway images -o json", "The same, for a program")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<ImageSummary> images = await context.Client.ListImagesAsync(cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, images, ApiJson.Default.IReadOnlyListImageSummary);
        }
        else if (parsed.GetValue(quiet))
        {
            foreach (string digest in images.Select(static image => image.Digest).Distinct())
            {
                context.Out.WriteLine(digest);
            }
        }
        else
        {
            DateTimeOffset now = context.Time.GetUtcNow();
            Table table = new("IMAGE", "ID", "CREATED", "SIZE");
            foreach (ImageSummary image in images)
            {
                table.Add(image.Reference ?? "<none>", Format.ShortId(image.Digest), Format.Ago(image.Created, now), Format.Bytes(image.Size));
            }

            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
