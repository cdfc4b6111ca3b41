using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Data;

/// <summary>`cp` and `mv`: files from one place to another, by reference.</summary>
internal sealed class FileCopyCommand : CliCommand
{
    private readonly bool move;
    private readonly Argument<string[]> places = new("SOURCE… TARGET") { Description = "repo@revision:/path, also with * and the like; the last is where to", Arity = new ArgumentArity(2, 1000) };
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history");

    public FileCopyCommand(bool move)
        : base(move ? "mv" : "cp", move ? "Move files within a branch, as one commit" : "Copy files within and between repos, as one commit; no bytes move")
    {
        this.move = move;
        Add(places);
        Add(message);
    }

    public override IReadOnlyList<Example> Examples => move
        ? [new("slipway mv images@master:/new.jpg images@master:/2026/01.jpg", "Give a file another name")]
        :
        [
            new("slipway cp training@v1:/iris.csv training@master:/iris.csv", "Bring a file of an older commit back"),
            new("slipway cp 'raw@master:/2026/*.jpg' sample@master:/", "What a pattern matches, into another repo"),
        ];

    public override string Remarks => "TARGET is a branch, or an open commit by its id. Where it ends in '/' or is a folder, the sources go below it under their own names.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string[] given = parsed.GetValue(places)!;
        DataAddress target = DataAddress.Parse(given[^1]);
        DataAddress[] sources = Array.ConvertAll(given[..^1], DataAddress.Parse);
        if (move && Array.Find(sources, source => source.Commit != target.Commit) is { } other)
        {
            throw new CliException($"{other} is not on {target.Commit}", $"copy it, then remove it: slipway cp {other} {target}; slipway file rm {other}", usage: true);
        }

        string path = target.Path ?? "/";
        path = sources.Length > 1 && !path.EndsWith('/') ? path + "/" : path;
        List<FileEdit> edits = [.. sources.Select(source => new FileEdit(path, source.ToFile(), move))];
        PutResult result = await context.Client.EditFilesAsync(
            target.WithPath("/").ToFile(), new PutOptions(parsed.GetValue(message), Author.Of(context)), new EditFilesRequest(edits), cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"{result.Commit.Repo}@{result.Commit.GlobalId}  {(move ? "moved" : "copied")} {result.Files}, {Format.Bytes(result.Bytes)}");
        return ExitCodes.Success;
    }
}
