using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Registries;

internal sealed class ImageCopyCommand : CliCommand
{
    private readonly Argument<string> from = Declare.Required("FROM", "An image here, else at its registry");
    private readonly Argument<string> to = Declare.Required("TO", "Its name at the registry that it goes to");
    private readonly Option<string?> platform = Declare.Text("--platform", null, "OS/ARCH", "Of an index, this image alone (all of them)");
    private readonly Option<bool> keep = Declare.Flag("--keep", null, "Leave the names here afterwards");
    private readonly Option<bool> plainHttp = Declare.Flag("--plain-http", null, "Ask registries of other machines without TLS");
    private readonly Option<string?> format = Declare.Output();

    public ImageCopyCommand()
        : base("copy", "Bring an image from one registry to another, with all platforms and what is about it")
    {
        Add(from);
        Add(to);
        foreach (Option option in (ReadOnlySpan<Option>)[platform, keep, plainHttp, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway image copy ghcr.io/org/app:2 registry.example.com/org/app:2", "The same digest at both; layers that are there already are not sent"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string source = parsed.GetValue(from)!, target = parsed.GetValue(to)!;
        bool hadSource = await IsHereAsync(context, source, cancellationToken).ConfigureAwait(false), hadTarget = await IsHereAsync(context, target, cancellationToken).ConfigureAwait(false);
        if (!hadSource)
        {
            TransferImageRequest pull = new(source, parsed.GetValue(platform), parsed.GetValue(platform) is null, parsed.GetValue(plainHttp)) { Referrers = true };
            await TransferRun.FollowAsync(context, context.Client.PullImageAsync(await TransferRun.ProveAsync(pull, context, cancellationToken).ConfigureAwait(false), cancellationToken)).ConfigureAwait(false);
        }

        await context.Client.TagImageAsync(new(source, target), cancellationToken).ConfigureAwait(false);
        TransferImageRequest push = new(target, PlainHttp: parsed.GetValue(plainHttp)) { Referrers = true, Compression = "none" };
        TransferImageResult result = await TransferRun.FollowAsync(
            context, context.Client.PushImageAsync(await TransferRun.ProveAsync(push, context, cancellationToken).ConfigureAwait(false), cancellationToken)).ConfigureAwait(false);
        foreach ((string name, bool hadIt) in ((string, bool)[])[(target, hadTarget), (source, hadSource)])
        {
            if (!hadIt && !parsed.GetValue(keep))
            {
                await context.Client.RemoveImageAsync(name, force: false, cancellationToken).ConfigureAwait(false);
            }
        }

        if (json)
        {
            JsonOutput.Write(context, result, ApiJson.Default.TransferImageResult);
        }
        else
        {
            context.Out.WriteLine(TransferRun.Summary(result, "copied"));
        }

        return ExitCodes.Success;
    }

    private static async Task<bool> IsHereAsync(CommandContext context, string image, CancellationToken cancellationToken)
    {
        try
        {
            await context.Client.FindImageAsync(image, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ApiException fault) when (fault.Is(ProblemKinds.NotFound))
        {
            return false;
        }
    }
}
