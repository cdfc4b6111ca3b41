using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

internal sealed class DiffCommand : CliCommand
{
    private readonly Argument<string[]> commits = new("REPO@REVISION") { Description = "The new one, or the old one and the new one", Arity = new ArgumentArity(1, 2) };
    private readonly Option<string?> format = Declare.Output();

    public DiffCommand()
        : base("diff", "Show the files that differ between two commits")
    {
        Add(commits);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway diff training@master", "What the last commit changed"),
        new("slipway diff training@master~5 training@master", "What the last five changed"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        string[] given = parsed.GetValue(commits)!;
        string? from = given.Length == 2 ? DataAddress.Parse(given[0]).Commit : null;
        string to = DataAddress.Parse(given[^1]).Commit;
        List<FileChange> changes = [];
        await foreach (FileChange change in context.Client.DiffAsync(from, to, cancellationToken).ConfigureAwait(false))
        {
            if (json)
            {
                changes.Add(change);
            }
            else
            {
                context.Out.WriteLine(Line(change, context.Terminal.Style));
            }
        }

        if (json)
        {
            JsonOutput.Write(context, changes, ApiJson.Default.IReadOnlyListFileChange);
        }

        return ExitCodes.Success;
    }

    internal static string Line(FileChange change, Style style)
    {
        string path = TextLayout.Printable(change.Path);
        return (change.Before, change.After) switch
        {
            (null, { } after) => style.Green($"+ {path}") + $"  {Format.Bytes(after.Size)}",
            ({ } before, null) => style.Red($"- {path}") + $"  {Format.Bytes(before.Size)}",
            ({ } before, { } after) => style.Yellow($"~ {path}") + $"  {Format.Bytes(before.Size)} → {Format.Bytes(after.Size)}",
            _ => path,
        };
    }
}
