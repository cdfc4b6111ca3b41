using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class RepoCreateCommand : CliCommand
{
    private readonly Argument<string> name = Declare.Required("REPO", "Its name");
    private readonly Option<string?> description = Declare.Text("--description", "-d", "TEXT", "What it holds");
    private readonly Option<bool> ifMissing = Declare.Flag("--if-missing", null, "An existing one is fine");

    public RepoCreateCommand()
        : base("create", "Create a repo for data")
    {
        Add(name);
        Add(description);
        Add(ifMissing);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway repo create training -d 'labelled irises'", "Then: slipway put training@master:/ -f data/")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        CreateRepoRequest request = new(parsed.GetValue(name)!, parsed.GetValue(description), parsed.GetValue(ifMissing));
        RepoInfo repo = await context.Client.CreateRepoAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine(repo.Name);
        return ExitCodes.Success;
    }
}
