using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

internal sealed class RepoInspectCommand : CliCommand
{
    private readonly Argument<string> name = Declare.Required("REPO", "Its name");
    private readonly Option<string?> format = Declare.Output();

    public RepoInspectCommand()
        : base("inspect", "Show a repo and its branches")
    {
        Add(name);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway repo inspect training", "Its size, and the head of each branch")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        RepoInfo repo = await context.Client.InspectRepoAsync(parsed.GetValue(name)!, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, repo, ApiJson.Default.RepoInfo);
            return ExitCodes.Success;
        }

        Facts facts = new();
        facts.Add("repo", repo.Name);
        facts.Add("description", repo.Description);
        facts.Add("created", Format.Time(repo.Created));
        facts.Add("size", Format.Bytes(repo.Size));
        facts.Add("written by", repo.Pipeline is null ? "people" : $"pipeline {repo.Pipeline}");
        foreach (BranchInfo branch in repo.Branches ?? [])
        {
            facts.Add("branch", $"{branch.Name}  {branch.Head ?? "(no commit yet)"}");
        }

        facts.Write(context.Out);
        return ExitCodes.Success;
    }
}
