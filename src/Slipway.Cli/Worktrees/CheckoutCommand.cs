using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Worktrees;

internal sealed class CheckoutCommand : CliCommand
{
    private readonly Argument<string> source = Declare.Required("REPO@REVISION[:/PATH]", "A commit, or a folder in it");
    private readonly Argument<string?> folder = new("FOLDER") { Description = "Where to; default: its own name here", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "Let go of what was changed in the folder by hand");

    public CheckoutCommand()
        : base("checkout", "Bring a folder to a commit, to work in")
    {
        Add(source);
        Add(folder);
        Add(force);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway checkout training@master", "To ./training; later again, to get what is new"),
        new("slipway checkout training@master~3 training", "The same folder, three commits earlier"),
        new("slipway checkin training -m 'without the broken rows'", "What was changed there goes back, as one commit"),
    ];

    public override string Remarks =>
        "Only files that differ are written. One that was changed by hand is kept; where the commit has another version of it too, nothing is done, and it is named.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(source)!);
        if (context.Server.Host is not null)
        {
            throw LocalFolder.Declined("write", null);
        }

        string name = parsed.GetValue(folder) ?? address.Name;
        Directory.CreateDirectory(context.Resolve(name));
        string path = LocalFolder.Resolve(context, name);
        CheckoutNote? before = CheckoutNote.Find(path);
        LocalCheckoutProgress now = new(0, 0);
        using (new ProgressLine(context, () => $"checking out: {Format.Count(now.Files, "file")}, {Format.Bytes(now.Bytes)}"))
        {
            now = await context.Client.CheckoutAsync(
                address.ToFile(),
                new LocalCheckoutRequest(LocalFolder.Describe(path), before?.Reference, parsed.GetValue(force)),
                progress => now = progress,
                cancellationToken).ConfigureAwait(false);
        }

        CheckoutResult result = now.Result ?? throw LocalFolder.Declined("write", now.Declined);
        new CheckoutNote(1, address.Repo, result.Commit.GlobalId, result.Branch, address.Path ?? "/").Save(path);
        string kept = result.Kept > 0 ? $"; {Format.Count(result.Kept, "file")} changed by hand (slipway status {name})" : "";
        context.Out.WriteLine($"{name}/ is {address.Repo}@{Format.ShortId(result.Commit.GlobalId)}: {Format.Count(result.Written, "file")} written, {result.Removed} removed{kept}");
        return ExitCodes.Success;
    }
}
