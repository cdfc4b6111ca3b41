using System.CommandLine;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Commits;

internal sealed class CommitUntagCommand : CliCommand
{
    private readonly Argument<string[]> tags = Declare.Many("REPO@TAG", "Tags");

    public CommitUntagCommand()
        : base("untag", "Delete tags; their commits stay") => Add(tags);

    public override IReadOnlyList<Example> Examples => [new("slipway commit untag training@paper-v1", "The name is free again")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        foreach (string text in parsed.GetValue(tags)!)
        {
            string at = DataAddress.Parse(text).Commit;
            await context.Client.DeleteTagAsync(at, cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"deleted {at}");
        }

        return ExitCodes.Success;
    }
}
