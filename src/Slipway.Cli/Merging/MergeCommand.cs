using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Branches;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Merging;

internal sealed class MergeCommand : CliCommand
{
    private readonly Argument<string> from = Declare.Required("REPO@REVISION", "What is merged: a branch, a tag, an id");
    private readonly Option<string?> into = Declare.Text("--into", null, "BRANCH", "The branch that gets it (default: master)");
    private readonly Option<bool> noFastForward = Declare.Flag("--no-ff", null, "Make a commit even where the branch could simply move");
    private readonly MergeChoices choices = new();

    public MergeCommand()
        : base("merge", "Merge a branch into another, path by path")
    {
        Add(from);
        Add(into);
        Add(noFastForward);
        choices.AddTo(this);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway merge training@try --into master", "What try changed since it left master; on a conflict nothing changes")];

    public override string Remarks => "Paths that both sides changed, each in its own way, are listed with both digests, and the exit code is 1.\n"
        + "Change one side, or take one side's version of all of them with --ours or --theirs.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(from)!);
        MergeRequest request = new(
            address.Commit,
            Revision.Of(parsed.GetValue(into) ?? "master", address.Repo),
            choices.Favor(parsed),
            parsed.GetValue(noFastForward),
            choices.Message(parsed),
            Author.Of(context));
        return choices.Show(parsed, context, await context.Client.MergeAsync(request, cancellationToken).ConfigureAwait(false), request.Into);
    }
}
