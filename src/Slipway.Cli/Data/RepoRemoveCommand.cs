using System.CommandLine;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class RepoRemoveCommand : CliCommand
{
    private readonly Argument<string[]> names = Declare.Many("REPO", "Names");
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "Though pipelines read it");

    public RepoRemoveCommand()
        : base("rm", "Delete repos with their history, for good")
    {
        Add(names);
        Add(force);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway repo rm scratch", "Nothing of it can be got back")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string name in parsed.GetValue(names)!)
        {
            await context.Client.DeleteRepoAsync(name, parsed.GetValue(force), cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"deleted {name}");
        }

        return ExitCodes.Success;
    }
}
