using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Commits;

internal sealed class CommitTagCommand : CliCommand
{
    private readonly Argument<string> commit = Declare.Required("REPO@REVISION", "A finished commit");
    private readonly Argument<string> name = Declare.Required("NAME", "The tag");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for others");

    public CommitTagCommand()
        : base("tag", "Name a commit for good")
    {
        Add(commit);
        Add(name);
        Add(message);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway commit tag training@master paper-v1", "Then: slipway get training@paper-v1:/iris.csv")];

    public override string Remarks => "A tag never moves, and stands wherever a revision may. Images have tags of their own: slipway tag.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        CreateTagRequest request = new(DataAddress.Parse(parsed.GetValue(commit)!).Commit, parsed.GetValue(name)!, parsed.GetValue(message), Author.Of(context));
        TagInfo tag = await context.Client.CreateTagAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{tag.Repo}@{tag.Name}  {tag.Commit}");
        return ExitCodes.Success;
    }
}
