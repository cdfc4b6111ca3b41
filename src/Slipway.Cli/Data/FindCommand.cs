using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

internal sealed class FindCommand : CliCommand
{
    private readonly Argument<string> place = Declare.Required("REPO[@REVISION]:/PATH", "A file, a folder or a pattern");
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many of the newest");
    private readonly Option<bool> quiet = Declare.Quiet("the commits' ids");
    private readonly Option<string?> format = Declare.Output();

    public FindCommand()
        : base("find", "List the commits that touched a path, newest first")
    {
        Add(place);
        Add(limit);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway find training:/iris.csv", "When a file came, changed and went"),
        new("slipway find 'images@try:/2026/**.png' -n 20", "The last changes of all that a pattern matches"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string text = parsed.GetValue(place)!;
        DataAddress address = DataAddress.Parse(text);
        if (address.Path is null)
        {
            throw new CliException($"'{text}' names no path", $"for all commits: slipway log {text}", usage: true);
        }

        List<FileTouch> touches = [];
        int? most = Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit");
        await foreach (FileTouch touch in context.Client.FindTouchesAsync(address.ToFile(), most, cancellationToken).ConfigureAwait(false))
        {
            touches.Add(touch);
        }

        if (json)
        {
            JsonOutput.Write(context, touches, ApiJson.Default.IReadOnlyListFileTouch);
        }
        else if (parsed.GetValue(quiet))
        {
            foreach (string id in touches.Select(touch => touch.Commit.GlobalId).Distinct())
            {
                context.Out.WriteLine(id);
            }
        }
        else
        {
            Write(context, touches);
        }

        return ExitCodes.Success;
    }

    private static void Write(CommandContext context, List<FileTouch> touches)
    {
        Table table = new("COMMIT", "STARTED", "BY", "CHANGE", "PATH", "SIZE", "MESSAGE");
        foreach ((CommitInfo commit, FileChange change) in touches)
        {
            string what = change.Before is null ? "added" : change.After is null ? "removed" : "changed";
            table.Add(
                commit.GlobalId,
                Format.Ago(commit.Started, context.Time.GetUtcNow()),
                commit.Origin == CommitOrigin.Pipeline ? "pipeline" : commit.Author,
                what,
                change.Path,
                change.After is { } after ? Format.Bytes(after.Size) : "",
                commit.Message.Split('\n')[0]);
        }

        table.Write(context);
    }
}
