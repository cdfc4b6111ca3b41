using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Branches;

internal sealed class BranchInspectCommand : CliCommand
{
    private readonly Argument<string> branch = Declare.Required("REPO@BRANCH", "The branch");
    private readonly Option<string?> format = Declare.Output();

    public BranchInspectCommand()
        : base("inspect", "Show a branch, its head and its trigger")
    {
        Add(branch);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway branch inspect training@staging", "What it stands at, and what moves it")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        BranchInfo info = await context.Client.InspectBranchAsync(DataAddress.Parse(parsed.GetValue(branch)!).Commit, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, info, ApiJson.Default.BranchInfo);
            return ExitCodes.Success;
        }

        Facts facts = new();
        facts.Add("branch", $"{info.Repo}@{info.Name}");
        facts.Add("trigger", info.Trigger is { } trigger ? TriggerOptions.Text(trigger) : null);
        facts.Add("last moved", info.Trigger?.Fired is { } fired ? Format.Time(fired) : null);
        facts.Add("head", info.Head ?? "(no commit yet)");
        if (info.Head is { } head)
        {
            CommitInfo commit = await context.Client.InspectCommitAsync($"{info.Repo}@{head}", cancellationToken).ConfigureAwait(false);
            facts.Add("number", $"{commit.Ordinal} of its line");
            facts.Add("size", Format.Bytes(commit.Size));
            facts.Add("by", commit.Origin == CommitOrigin.Pipeline ? "pipeline" : commit.Author);
            facts.Add("message", commit.Message);
            facts.Add("finished", commit.Finished is { } finished ? Format.Time(finished) : null);
        }

        facts.Write(context.Out);
        return ExitCodes.Success;
    }
}
