using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Branches;

internal sealed class BranchListCommand : CliCommand
{
    private readonly Argument<string> repo = Declare.Required("REPO", "Its name");
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many at most");
    private readonly Option<string?> after = Declare.Text("--after", null, "NAME", "What follows this name: the next page");
    private readonly Option<bool> quiet = Declare.Quiet("names");
    private readonly Option<string?> format = Declare.Output();

    public BranchListCommand()
        : base("ls", "List the branches of a repo")
    {
        Add(repo);
        Add(limit);
        Add(after);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway branch ls training", "Each branch and the commit that it points to")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        IReadOnlyList<BranchInfo> branches = await context.Client
            .ListBranchesAsync(parsed.GetValue(repo)!, parsed.GetValue(after), Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit"), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, branches, ApiJson.Default.IReadOnlyListBranchInfo);
            return ExitCodes.Success;
        }

        Table table = new("BRANCH", "HEAD", "TRIGGER");
        foreach (BranchInfo branch in branches)
        {
            if (parsed.GetValue(quiet))
            {
                context.Out.WriteLine(branch.Name);
            }
            else
            {
                table.Add(branch.Name, branch.Head ?? "(no commit yet)", branch.Trigger is { } trigger ? TriggerOptions.Text(trigger) : "");
            }
        }

        if (!parsed.GetValue(quiet))
        {
            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
