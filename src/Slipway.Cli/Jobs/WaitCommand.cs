using System.CommandLine;
using Slipway.Cli.Options;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Jobs;

internal sealed class WaitCommand : CliCommand
{
    private readonly Argument<string> id = Declare.Required("COMMIT", "A global id, or REPO@REVISION");

    public WaitCommand()
        : base("wait", "Wait for all that a commit causes, in every pipeline downstream") => Add(id);

    public override IReadOnlyList<Example> Examples => [new("slipway wait training@master", "Exit code 0 when every job succeeded, 1 when not")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        JobsView.CodeOf(await new JobsView(context).WaitAsync(parsed.GetValue(id)!, cancellationToken).ConfigureAwait(false));
}
