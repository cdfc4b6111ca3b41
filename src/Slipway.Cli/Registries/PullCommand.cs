using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Registries;

internal sealed class PullCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "[registry/]repository[:tag][@digest]; without a registry it is Docker Hub's");
    private readonly Option<string?> platform = Declare.Text("--platform", null, "OS/ARCH", "Whose image of an index (this machine's)");
    private readonly Option<bool> all = Declare.Flag("--all-platforms", null, "Every image of an index");
    private readonly Option<bool> referrers = Declare.Flag("--referrers", null, "What is about the image too: provenance, bills of materials, signatures");
    private readonly Option<bool> plainHttp = Declare.Flag("--plain-http", null, "Ask a registry of another machine without TLS");
    private readonly Option<string?> format = Declare.Output();

    public PullCommand()
        : base("pull", "Bring an image from a registry")
    {
        Add(image);
        foreach (Option option in (ReadOnlySpan<Option>)[platform, all, referrers, plainHttp, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway pull python:3.11", "From Docker Hub, for this machine"),
        new("slipway pull --platform linux/arm64 registry.example.com/team/app:2", "For another one"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        TransferImageRequest request = new(parsed.GetValue(image)!, parsed.GetValue(platform), parsed.GetValue(all), parsed.GetValue(plainHttp)) { Referrers = parsed.GetValue(referrers) };
        TransferImageRequest proved = await TransferRun.ProveAsync(request, context, cancellationToken).ConfigureAwait(false);
        return await TransferRun.ShowAsync(context, context.Client.PullImageAsync(proved, cancellationToken), "pulled", json).ConfigureAwait(false);
    }
}
