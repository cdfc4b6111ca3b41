using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Worktrees;

internal sealed class StatusCommand : CliCommand
{
    private readonly Argument<string> folder = new("FOLDER") { Description = "A folder of this machine", DefaultValueFactory = static _ => "." };
    private readonly Argument<string?> commit = new("REPO@REVISION[:/PATH]") { Description = "What to compare it with; default: what it was checked out from", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> exitCode = Declare.Flag("--exit-code", null, "Exit with 1 where something differs");
    private readonly Option<string?> format = Declare.Output();

    public StatusCommand()
        : base("status", "Show how a folder differs from a commit")
    {
        Add(folder);
        Add(commit);
        Add(exitCode);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway status", "Of the checked-out folder that one stands in"),
        new("slipway status data/ training@master", "Of any folder beside any commit"),
    ];

    public override string Remarks => "Files that are known from the last time are not read again; all others are, but nothing is stored.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        (string place, string? with) = (parsed.GetValue(folder)!, parsed.GetValue(commit));
        if (with is null && place.Contains('@', StringComparison.Ordinal) && !Directory.Exists(context.Resolve(place)))
        {
            (place, with) = (".", place);
        }

        string path = LocalFolder.Resolve(context, place);
        CheckoutNote? note = with is null ? CheckoutNote.Get(path) : null;
        string against = note?.Reference ?? DataAddress.Parse(with!).ToFile();
        IReadOnlyList<FileChange> changes = await CompareAsync(context, path, against, cancellationToken).ConfigureAwait(false);
        if (Declare.IsJson(parsed.GetValue(format)))
        {
            JsonOutput.Write(context, Renames.Find(changes), ApiJson.Default.IReadOnlyListFileChange);
        }
        else
        {
            foreach (FileChange change in Renames.Find(changes))
            {
                DiffText.Write(context, change, nameOnly: false);
            }

            if (changes.Count == 0)
            {
                context.Out.WriteLine($"no difference from {(note is null ? against : $"{note.Repo}@{note.Branch ?? note.Commit}:{note.Path}")}");
            }
        }

        return changes.Count > 0 && parsed.GetValue(exitCode) ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static async Task<IReadOnlyList<FileChange>> CompareAsync(CommandContext context, string path, string against, CancellationToken cancellationToken)
    {
        if (context.Server.Host is not null)
        {
            throw LocalFolder.Declined("read", null);
        }

        string? text = null;
        using ProgressLine line = new(context, () => text);
        return await context.Client.StatusAsync(
            against,
            LocalFolder.Describe(path),
            progress => text = $"reading: {Format.Count(progress.Files, "file")}, {Format.Bytes(progress.Bytes)}; {progress.Read} new or changed",
            cancellationToken).ConfigureAwait(false) ?? throw LocalFolder.Declined("read", "it runs as another user, or sees another folder at this path");
    }
}
