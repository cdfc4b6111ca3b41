using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

internal sealed class CommitListCommand : CliCommand
{
    private readonly Argument<string> place = Declare.Required("REPO[@BRANCH]", "A repo, or one branch of it");
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many of the newest");
    private readonly Option<bool> quiet = Declare.Quiet("ids");
    private readonly Option<string?> format = Declare.Output();

    public CommitListCommand(string name)
        : base(name, "List the commits of a repo, newest first")
    {
        Add(place);
        Add(limit);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway log training@master -n 5", "The last five commits of a branch")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string text = parsed.GetValue(place)!;
        DataAddress address = DataAddress.Parse(text);
        string? branch = text.Contains('@', StringComparison.Ordinal) ? address.Revision : null;
        IReadOnlyList<CommitInfo> commits = await context.Client.ListCommitsAsync(
            address.Repo, branch, Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit"), cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, commits, ApiJson.Default.IReadOnlyListCommitInfo);
            return ExitCodes.Success;
        }

        Table table = new("COMMIT", "BRANCH", "STATE", "SIZE", "STARTED", "BY", "MESSAGE");
        foreach (CommitInfo commit in commits)
        {
            if (parsed.GetValue(quiet))
            {
                context.Out.WriteLine(commit.GlobalId);
                continue;
            }

            string state = commit.State switch { CommitState.Open => "open", CommitState.Failed => "failed", _ => "finished" };
            string by = commit.Origin == CommitOrigin.Pipeline ? "pipeline" : commit.Author;
            string started = Format.Ago(commit.Started, context.Time.GetUtcNow());
            table.Add(commit.GlobalId, commit.Branch, state, Format.Bytes(commit.Size), started, by, (commit.Error ?? commit.Message).Split('\n')[0]);
        }

        if (!parsed.GetValue(quiet))
        {
            table.Write(context);
        }

        return ExitCodes.Success;
    }
}
