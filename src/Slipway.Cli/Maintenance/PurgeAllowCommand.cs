using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Maintenance;

internal sealed class PurgeAllowCommand : CliCommand
{
    private readonly Argument<string> digest = Declare.Required("SHA256", "The digest that was purged");

    public PurgeAllowCommand()
        : base("allow", "Let bytes that were purged be put again") => Add(digest);

    public override IReadOnlyList<Example> Examples => [new("slipway purge allow sha256:e3b0c442…", "It was purged by mistake; the record stays")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        PurgeInfo info = await context.Client.AllowPurgedAsync(new AllowPurgedRequest(parsed.GetValue(digest)!, Author.Of(context)), cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{info.Digest} may be put again");
        return ExitCodes.Success;
    }
}
