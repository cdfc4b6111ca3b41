using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

internal sealed class CommitListCommand : CliCommand
{
    private readonly Argument<string> place = Declare.Required("REPO[@BRANCH][:/PATH]", "A repo, one branch of it, or what touched a path there");
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many of the newest");
    private readonly Option<string?> after = Declare.Text("--after", null, "ID", "What is behind this commit: the next page");
    private readonly Option<bool> graph = Declare.Flag("--graph", "-g", "Draw how commits lead to each other");
    private readonly Option<bool> quiet = Declare.Quiet("ids");
    private readonly Option<string?> format = Declare.Output();

    public CommitListCommand(string name)
        : base(name, "List the commits of a repo, newest first")
    {
        Add(place);
        Add(limit);
        Add(after);
        Add(graph);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway log training@master -n 5", "The last five commits of a branch"), new("slipway log training --graph", "Branches and merges, drawn")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string text = parsed.GetValue(place)!;
        DataAddress address = DataAddress.Parse(text);
        string? branch = text.Contains('@', StringComparison.Ordinal) ? address.Revision : null;
        int? most = Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit");
        bool isPath = address.Path is { } path && path != "/";
        if (isPath && parsed.GetValue(graph))
        {
            throw new CliException("--graph draws all commits, not those of a path", $"slipway find {address} lists them; slipway log {address.Commit} --graph draws", usage: true);
        }

        if (isPath && parsed.GetValue(after) is not null)
        {
            throw new CliException("--after pages through all commits, not those of a path", $"begin further back: slipway log {address.Repo}@ID:{address.Path}", usage: true);
        }

        IReadOnlyList<CommitInfo> commits = isPath
            ? await OfPathAsync(context.Client, address, most, cancellationToken).ConfigureAwait(false)
            : await context.Client.ListCommitsAsync(address.Repo, branch, parsed.GetValue(after), most, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, commits, ApiJson.Default.IReadOnlyListCommitInfo);
            return ExitCodes.Success;
        }

        if (parsed.GetValue(graph) && !parsed.GetValue(quiet))
        {
            Draw(context, commits);
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

    private static async Task<IReadOnlyList<CommitInfo>> OfPathAsync(SlipwayClient client, DataAddress address, int? limit, CancellationToken cancellationToken)
    {
        List<CommitInfo> commits = [];
        await foreach (FileTouch touch in client.FindTouchesAsync(address.ToFile(), null, cancellationToken).ConfigureAwait(false))
        {
            if (commits.Count == 0 || commits[^1].GlobalId != touch.Commit.GlobalId)
            {
                if (commits.Count >= (limit ?? int.MaxValue))
                {
                    break;
                }

                commits.Add(touch.Commit);
            }
        }

        return commits;
    }

    private static void Draw(CommandContext context, IReadOnlyList<CommitInfo> commits)
    {
        Style style = context.Terminal.Style;
        CommitGraph graph = new();
        foreach (CommitInfo commit in commits)
        {
            (IReadOnlyList<string> above, string at, IReadOnlyList<string> below) = graph.Next(commit);
            foreach (string line in above)
            {
                context.Out.WriteLine(style.Dim(line.TrimEnd()));
            }

            string started = Format.Ago(commit.Started, context.Time.GetUtcNow());
            string message = TextLayout.Printable((commit.Error ?? commit.Message).Split('\n')[0]);
            context.Out.WriteLine($"{at}{style.Yellow(commit.GlobalId)} {style.Cyan(commit.Branch)}  {started}{(message.Length > 0 ? "  " + message : "")}");
            foreach (string line in below)
            {
                context.Out.WriteLine(style.Dim(line.TrimEnd()));
            }
        }
    }
}
