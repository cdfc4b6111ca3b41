using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data;

internal sealed class DiffCommand : CliCommand
{
    private const int UsualContext = 3;

    private readonly Argument<string[]> commits = new("REPO@REVISION[:/PATH]") { Description = "The new one, or the old one and the new one", Arity = new ArgumentArity(1, 2) };
    private readonly Option<bool> patch = Declare.Flag("--patch", "-p", "Show the lines of text files that differ");
    private readonly Option<int?> context = new("--unified", "-U") { HelpName = "LINES", Description = "With --patch: how many lines to show around a change (default 3)" };
    private readonly Option<bool> stat = Declare.Flag("--stat", null, "Count what differs in each folder");
    private readonly Option<bool> nameOnly = Declare.Flag("--name-only", null, "Print the paths alone");
    private readonly Option<bool> noRenames = Declare.Flag("--no-renames", null, "Show a renamed file as deleted and added");
    private readonly Option<string?> format = Declare.Output();

    public DiffCommand()
        : base("diff", "Show the files that differ between two commits")
    {
        Add(commits);
        foreach (Option option in (ReadOnlySpan<Option>)[patch, context, stat, nameOnly, noRenames, format])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway diff training@master", "What the last commit changed"),
        new("slipway diff training@master~5 training@master", "What the last five changed"),
        new("slipway diff -p config@v1:/model.yaml config@master:/model.yaml", "The lines of one file that differ"),
    ];

    public override string Remarks => "Tables (CSV, TSV, Parquet) are shown with their rows and columns, images with their size in pixels.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        bool facts = json || !(parsed.GetValue(nameOnly) || parsed.GetValue(stat));
        int? lines = parsed.GetValue(patch) || parsed.GetValue(this.context) is not null ? parsed.GetValue(this.context) ?? UsualContext : null;
        string[] given = parsed.GetValue(commits)!;
        string? from = given.Length == 2 ? Address(given[0]) : null;
        List<FileChange> changes = [];
        using (new ProgressLine(context, () => $"comparing: {Format.Count(changes.Count, "file")} so far"))
        {
            await foreach (FileChange change in context.Client.DiffAsync(from, Address(given[^1]), facts, lines, cancellationToken).ConfigureAwait(false))
            {
                changes.Add(change);
            }
        }

        IReadOnlyList<FileChange> shown = parsed.GetValue(noRenames) ? changes : Renames.Find(changes);
        if (json)
        {
            JsonOutput.Write(context, shown, ApiJson.Default.IReadOnlyListFileChange);
        }
        else if (parsed.GetValue(stat))
        {
            DiffText.WriteFolders(context, shown);
        }
        else
        {
            foreach (FileChange change in shown)
            {
                DiffText.Write(context, change, parsed.GetValue(nameOnly));
            }
        }

        return ExitCodes.Success;
    }

    private static string Address(string text)
    {
        DataAddress address = DataAddress.Parse(text);
        return address.Path is null ? address.Commit : address.ToFile();
    }
}
