using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

internal sealed class CommitInspectCommand : CliCommand
{
    private readonly Argument<string> commit = Declare.Required("REPO@REVISION", "A branch, a tag, an id, BRANCH~2 or BRANCH.1");
    private readonly Option<string?> format = Declare.Output();

    public CommitInspectCommand()
        : base("inspect", "Show a commit and what it was made from")
    {
        Add(commit);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway commit inspect model@master", "Which commits of which repos made this model")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        CommitInfo info = await context.Client.InspectCommitAsync(DataAddress.Parse(parsed.GetValue(commit)!).Commit, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, info, ApiJson.Default.CommitInfo);
            return ExitCodes.Success;
        }

        Facts facts = new();
        facts.Add("commit", $"{info.Repo}@{info.GlobalId}");
        facts.Add("branch", info.Branch);
        facts.Add("state", info.State switch { CommitState.Open => "open", CommitState.Failed => "failed", _ => "finished" });
        facts.Add("error", info.Error);
        facts.Add("id", info.Id);
        facts.Add("parent", info.Parent);
        facts.Add("merged from", info.MergedFrom);
        facts.Add("number", info.Ordinal > 0 ? $"{info.Ordinal} of its line" : null);
        facts.Add("tree", info.Tree);
        facts.Add("files", info.Dropped is { } dropped ? $"dropped by retention on {Format.Time(dropped)}" : null);
        facts.Add("size", Format.Bytes(info.Size));
        facts.Add("by", info.Origin == CommitOrigin.Pipeline ? "pipeline" : info.Author);
        facts.Add("message", info.Message);
        facts.Add("started", Format.Time(info.Started));
        facts.Add("finished", info.Finished is { } finished ? Format.Time(finished) : null);
        facts.Add("expires", info.Expires is { } expires ? Format.Time(expires) : null);
        foreach (ProvenanceInfo input in info.Provenance)
        {
            facts.Add("made from", $"{input.Repo}@{input.Commit} ({input.Branch}, as {input.Input})");
        }

        facts.Write(context.Out);
        return ExitCodes.Success;
    }
}
