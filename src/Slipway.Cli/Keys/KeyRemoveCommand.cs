using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Keys;

internal sealed class KeyRemoveCommand : CliCommand
{
    private readonly Argument<string> id = Declare.Required("KEY", "Its id");

    public KeyRemoveCommand()
        : base("rm", "Delete an access key") => Add(id);

    public override IReadOnlyList<Example> Examples => [new("slipway key rm SWAB12CD34EF56GH78IJ", "Its next request is refused")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        AccessKeyInfo key = await context.Client.DeleteAccessKeyAsync(parsed.GetValue(id)!, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine(key.Id);
        return ExitCodes.Success;
    }
}
