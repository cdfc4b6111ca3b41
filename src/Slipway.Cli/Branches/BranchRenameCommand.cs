using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;

namespace Slipway.Cli.Branches;

internal sealed class BranchRenameCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The branch");
    private readonly Argument<string> name = Declare.Required("NAME", "Its new name");

    public BranchRenameCommand()
        : base("rename", "Give a branch another name")
    {
        Add(branch);
        Add(name);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway branch rename training@try better", "Refused while a pipeline reads the branch")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        RenameBranchRequest request = new(DataAddress.Parse(parsed.GetValue(branch)!).Commit, parsed.GetValue(name)!);
        BranchInfo renamed = await context.Client.RenameBranchAsync(request, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{renamed.Repo}@{renamed.Name}  {renamed.Head ?? "(no commit yet)"}");
        return ExitCodes.Success;
    }
}
