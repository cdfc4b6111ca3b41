using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Registries;

internal sealed class PushCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "A name of an image, which says to which registry it goes");
    private readonly Option<bool> alone = Declare.Flag("--no-referrers", null, "Leave what is about the image here: provenance, bills of materials, signatures");
    private readonly Option<bool> plainHttp = Declare.Flag("--plain-http", null, "Ask a registry of another machine without TLS");
    private readonly Option<string?> format = Declare.Output();

    public PushCommand()
        : base("push", "Bring an image to a registry")
    {
        Add(image);
        Add(alone);
        Add(plainHttp);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway push registry.example.com/team/app:2", "After: slipway tag app registry.example.com/team/app:2")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        TransferImageRequest request = new(parsed.GetValue(image)!, PlainHttp: parsed.GetValue(plainHttp)) { Referrers = !parsed.GetValue(alone) };
        TransferImageRequest proved = await TransferRun.ProveAsync(request, context, cancellationToken).ConfigureAwait(false);
        return await TransferRun.ShowAsync(context, context.Client.PushImageAsync(proved, cancellationToken), "pushed", json).ConfigureAwait(false);
    }
}
