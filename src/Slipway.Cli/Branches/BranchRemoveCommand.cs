using System.CommandLine;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Branches;

internal sealed class BranchRemoveCommand : CliCommand
{
    private readonly Argument<string[]> branches = Declare.Many("REPO@BRANCH", "Branches");

    public BranchRemoveCommand()
        : base("rm", "Delete branches; their commits stay") => Add(branches);

    public override IReadOnlyList<Example> Examples => [new("slipway branch rm training@try", "slipway log training still shows its commits")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string text in parsed.GetValue(branches)!)
        {
            string at = DataAddress.Parse(text).Commit;
            await context.Client.DeleteBranchAsync(at, cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"deleted {at}");
        }

        return ExitCodes.Success;
    }
}
