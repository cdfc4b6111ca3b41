using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class RepoRenameCommand : CliCommand
{
    private readonly Argument<string> repo = Declare.Required("REPO", "Its name");
    private readonly Argument<string> name = Declare.Required("NAME", "Its new name");

    public RepoRenameCommand()
        : base("rename", "Give a repo another name")
    {
        Add(repo);
        Add(name);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway repo rename training labs/irises", "Its commits keep their ids, and lineage still leads to them")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        RenameRepoRequest request = new(parsed.GetValue(repo)!, parsed.GetValue(name)!);
        context.Out.WriteLine((await context.Client.RenameRepoAsync(request, cancellationToken).ConfigureAwait(false)).Name);
        return ExitCodes.Success;
    }
}
