using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Maintenance;

internal sealed class RetentionRemoveCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The branch");

    public RetentionRemoveCommand()
        : base("rm", "Let a branch keep everything again") => Add(branch);

    public override IReadOnlyList<Example> Examples => [new("slipway retention rm training@master", "What is gone already stays gone")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        await context.Client.RemoveRetentionAsync(parsed.GetValue(branch)!, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{parsed.GetValue(branch)} keeps everything");
        return ExitCodes.Success;
    }
}
