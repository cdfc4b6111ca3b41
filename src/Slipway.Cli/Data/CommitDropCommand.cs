using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class CommitDropCommand : CliCommand
{
    private readonly Argument<string> commit = Declare.Required("REPO@COMMIT", "An open commit");

    public CommitDropCommand()
        : base("drop", "Abandon an open commit with what was put into it") => Add(commit);

    public override IReadOnlyList<Example> Examples => [new("slipway commit drop images@0199f2c0a1b27cc4b1e2d3c4e5f60718", "As if it had never been opened")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string at = DataAddress.Parse(parsed.GetValue(commit)!).Commit;
        await context.Client.DropCommitAsync(at, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"dropped {at}");
        return ExitCodes.Success;
    }
}
