using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Data.Sources;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data;

internal sealed class PutCommand : CliCommand
{
    private readonly Argument<string> target = Declare.Required("REPO@BRANCH:/PATH", "Where to; an open commit's id in place of BRANCH adds to it");
    private readonly Option<string[]?> files = Declare.Texts("--file", "-f", "FILE|FOLDER|URL|-", "What to put; several files and folders are allowed, - is stdin, https://…/ an index page");
    private readonly Option<bool> recursive = Declare.Flag("--recursive", "-r", "Folders with all below them (they always are)");
    private readonly Option<string?> message = Declare.Text("--message", "-m", "TEXT", "Why, for the history");
    private readonly Option<bool> mirror = Declare.Flag("--delete-missing", null, "A mirror: what stands at PATH and is not among what is put goes");
    private readonly Option<bool> replace = Declare.Flag("--replace", null, "The same as --delete-missing");
    private readonly Option<bool> untar = Declare.Flag("--untar", null, "Put what is in a tar (plain, gzip, xz, zstd, bzip2)");
    private readonly Option<bool> append = Declare.Flag("--append", "-a", "Add to the end of the file at PATH");
    private readonly Option<bool> wait = Declare.Flag("--wait", null, "Wait for all that the commit causes");
    private readonly Option<bool> quiet = Declare.Quiet("the commit's id");

    public PutCommand()
        : base("put", "Put files into a repo, as one commit")
    {
        Add(target);
        foreach (Option option in (ReadOnlySpan<Option>)[files, recursive, message, mirror, replace, untar, append, wait, quiet])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway put training@master:/iris.csv -f data/iris.csv", "One file"),
        new("slipway put images@master:/ -f photos/ -m 'from the north gate'", "All that is in a folder"),
        new("slipway put log@master:/day.csv -f new.csv --append", "More rows of a file, at the cost of the new ones"),
        new("slipway put images@master:/ -f photos/ --delete-missing", "A mirror of the folder: what is gone there goes here"),
        new("slipway put raw@master:/ -f https://example.org/set/", "All that an index page links beneath it"),
        new("slipway put raw@master:/2026 -f s3://bucket/set", "What is below a prefix of a bucket; AWS_* variables say where and who"),
        new("slipway put raw@master:/ -f https://example.org/set.tar.gz --untar", "What is in a tar"),
        new("sort names | slipway put names@master:/sorted -f - --wait", "What a program writes; then wait for the pipelines"),
    ];

    public override string Remarks => "One file goes to PATH, or below it where PATH ends in '/'. What is in one folder goes below PATH; of several, each goes there under its own name.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string[] sources = parsed.GetValue(files) is { Length: > 0 } given ? given : throw new CliException("put needs something to put", "add -f FILE, -f FOLDER, or -f - for stdin", usage: true);
        DataAddress address = DataAddress.Parse(parsed.GetValue(target)!);
        PutOptions options = new(parsed.GetValue(message), Author.Of(context), parsed.GetValue(replace) || parsed.GetValue(mirror), parsed.GetValue(append));
        long began = context.Time.GetTimestamp();
        PutResult result = await (parsed.GetValue(untar)
            ? TarPut.RunAsync(context, address, sources, options, cancellationToken)
            : PutRun.RunAsync(context, address, sources, options, cancellationToken)).ConfigureAwait(false);
        context.Out.WriteLine(parsed.GetValue(quiet)
            ? result.Commit.GlobalId
            : $"{result.Commit.Repo}@{result.Commit.GlobalId}  {Format.Count(result.Files, "file")}, {Format.Bytes(result.Bytes)}{(result.Unchanged > 0 ? $" ({result.Unchanged} known already)" : "")} in {Format.Duration(context.Time.GetElapsedTime(began))}");
        if (!parsed.GetValue(wait) || result.Commit.State == CommitState.Open)
        {
            return ExitCodes.Success;
        }

        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        return JobsView.CodeOf(await new JobsView(context).WaitAsync(result.Commit.GlobalId, cancellationToken).ConfigureAwait(false));
    }
}
