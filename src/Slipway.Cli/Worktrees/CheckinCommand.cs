using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Worktrees;

internal sealed class CheckinCommand : CliCommand
{
    private readonly Argument<string> folder = new("FOLDER") { Description = "A folder that was checked out", DefaultValueFactory = static _ => "." };
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history");
    private readonly Option<string?> branch = Declare.Text("--branch", "-b", "NAME", "Where to; default: the branch that it was checked out from");
    private readonly Option<bool> quiet = Declare.Quiet("the commit's id");

    public CheckinCommand()
        : base("checkin", "Commit what was changed in a folder that was checked out")
    {
        Add(folder);
        Add(message);
        Add(branch);
        Add(quiet);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway checkin training -m 'without the broken rows'", "What status shows, as one commit")];

    public override string Remarks => "Refused where the branch has other files at that place by now: check out again first, which keeps your changes.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string path = LocalFolder.Resolve(context, parsed.GetValue(folder)!);
        CheckoutNote note = CheckoutNote.Get(path);
        string to = parsed.GetValue(branch) ?? note.Branch
            ?? throw new CliException($"{note.Repo}@{note.Commit} was checked out by its id, so it is not known where changes go", "name the branch: --branch NAME");
        PutOptions options = new(parsed.GetValue(message), Author.Of(context), Replace: true, Expect: note.Reference);
        PutResult result = await PutRun.RunAsync(context, new DataAddress(note.Repo, to, note.Path), [path], options, cancellationToken).ConfigureAwait(false);
        (note with { Commit = result.Commit.GlobalId, Branch = to }).Save(path);
        context.Out.WriteLine(parsed.GetValue(quiet)
            ? result.Commit.GlobalId
            : $"{result.Commit.Repo}@{result.Commit.GlobalId}  {Format.Count(result.Files, "file")}, {Format.Bytes(result.Bytes)}{(result.Unchanged > 0 ? $" ({result.Unchanged} known already)" : "")}");
        return ExitCodes.Success;
    }
}
