using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Merging;

internal sealed class RevertCommand : CliCommand
{
    private readonly Argument<string> commit = Declare.Required("REPO@REVISION", "The commit to undo");
    private readonly Option<string?> onto = Declare.Text("--onto", null, "BRANCH", "The branch that gets the new commit (default: the one named)");
    private readonly MergeChoices choices = new();

    public RevertCommand()
        : base("revert", "Undo what one commit changed, in a new commit")
    {
        Add(commit);
        Add(onto);
        choices.AddTo(this);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway revert training@master~2", "What came after it stays")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(commit)!);
        RevertRequest request = new(address.Commit, parsed.GetValue(onto), choices.Favor(parsed), choices.Message(parsed), Author.Of(context));
        return choices.Show(parsed, context, await context.Client.RevertAsync(request, cancellationToken).ConfigureAwait(false), address.Repo);
    }
}
