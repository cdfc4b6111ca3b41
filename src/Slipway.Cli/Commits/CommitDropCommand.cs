using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Commits;

internal sealed class CommitDropCommand : CliCommand
{
    private readonly Argument<string> commit = Declare.Required("REPO@COMMIT", "An id, or BRANCH~0 for a branch's last; a branch alone means the commit that is open on it");
    private readonly Option<bool> withDependents = Declare.Flag("--with-dependents", null, "Also what stands on it, was computed from it, or names it");
    private readonly Option<bool> dryRun = Declare.Flag("--dry-run", null, "Only show what would go");
    private readonly Option<string?> format = Declare.Output();

    public CommitDropCommand()
        : base("drop", "Take a commit away, open or finished, as if it had never been")
    {
        Add(commit);
        Add(withDependents);
        Add(dryRun);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway commit drop images@0199f2c0a1b27cc4b1e2d3c4e5f60718", "An open commit, with what was put into it"),
        new("slipway commit drop images@master~0", "The last commit of master, which goes back by one"),
    ];

    public override string Remarks => "What depends on the commit is named, and then nothing is dropped. Files that only it held are freed by slipway gc.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string at = DataAddress.Parse(parsed.GetValue(commit)!).Commit;
        DropCommitRequest request = new(at, parsed.GetValue(withDependents), parsed.GetValue(dryRun));
        bool json = Declare.IsJson(parsed.GetValue(format));
        DropInfo drop = await context.Client.DropCommitAsync(request, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, drop, ApiJson.Default.DropInfo);
            return ExitCodes.Success;
        }

        string dropped = request.DryRun ? "would drop" : "dropped";
        foreach (string gone in drop.Commits)
        {
            context.Out.WriteLine($"{dropped} {gone}");
        }

        foreach (string tag in drop.Tags)
        {
            context.Out.WriteLine($"{dropped} tag {tag}");
        }

        foreach (BranchInfo branch in drop.Branches)
        {
            context.Out.WriteLine($"{branch.Repo}@{branch.Name} {(request.DryRun ? "would go" : "went")} back to {branch.Head ?? "no commit"}");
        }

        return ExitCodes.Success;
    }
}
