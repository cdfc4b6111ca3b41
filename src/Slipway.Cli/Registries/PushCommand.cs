using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Registries;

internal sealed class PushCommand : CliCommand
{
    private readonly Argument<string> image = Declare.Required("IMAGE", "A name of an image, which says to which registry it goes");
    private readonly Option<bool> alone = Declare.Flag("--no-referrers", null, "Leave what is about the image here: provenance, bills of materials, signatures");
    private readonly Option<string?> compression = Declare.Text("--compression", null, "none|gzip|zstd", "How plain layers are sent (gzip, but none to another Slipway)");
    private readonly Option<bool> plainHttp = Declare.Flag("--plain-http", null, "Ask a registry of another machine without TLS");
    private readonly Option<string?> format = Declare.Output();

    public PushCommand()
        : base("push", "Bring an image to a registry")
    {
        Add(image);
        Add(alone);
        Add(compression);
        Add(plainHttp);
        Add(format);
    }

    public override string Remarks =>
        "Compressed layers give the image another digest there. Unsigned statements and bills of materials are made anew about it; signatures and other documents stay here.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway push registry.example.com/team/app:2", "After: slipway tag app registry.example.com/team/app:2"),
        new("slipway push --compression none registry.example.com/team/app:2", "The same digest there as here, and more bytes"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        TransferImageRequest request = new(parsed.GetValue(image)!, PlainHttp: parsed.GetValue(plainHttp)) { Referrers = !parsed.GetValue(alone), Compression = parsed.GetValue(compression) };
        TransferImageRequest proved = await TransferRun.ProveAsync(request, context, cancellationToken).ConfigureAwait(false);
        return await TransferRun.ShowAsync(context, context.Client.PushImageAsync(proved, cancellationToken), "pushed", json).ConfigureAwait(false);
    }
}
