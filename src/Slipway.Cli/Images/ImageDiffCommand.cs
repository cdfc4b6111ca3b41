using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Images;

internal sealed class ImageDiffCommand : CliCommand
{
    private readonly Argument<string> from = Declare.Required("FROM", "A name or the beginning of a digest");
    private readonly Argument<string> to = Declare.Required("TO", "The image to compare it with");
    private readonly Option<string?> format = Declare.Output();

    public ImageDiffCommand()
        : base("diff", "Show the files in which two images differ")
    {
        Add(from);
        Add(to);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway image diff app:1 app:2", "A line a path: A added, D removed, C changed and how")];

    public override string Remarks => "What all layers together show is compared, with contents, modes, owners, links and times; how many layers there are plays no part.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<ImageFileChange> changes = await context.Client.DiffImagesAsync(parsed.GetValue(from)!, parsed.GetValue(to)!, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, changes, ApiJson.Default.IReadOnlyListImageFileChange);
            return ExitCodes.Success;
        }

        foreach (ImageFileChange change in changes)
        {
            string line = change.Kind switch
            {
                ImageFileChangeKind.Added => $"A /{change.Path}{SizeOf(change.After)}",
                ImageFileChangeKind.Removed => $"D /{change.Path}{SizeOf(change.Before)}",
                _ => $"C /{change.Path}  {change.How}",
            };
            context.Out.WriteLine(TextLayout.Printable(line));
        }

        return ExitCodes.Success;
    }

    private static string SizeOf(long? bytes) => bytes is long known ? $"  {Format.Bytes(known)}" : "";
}
