using System.CommandLine;
using System.Runtime.CompilerServices;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Data;

internal sealed class ListCommand : CliCommand
{
    private readonly Argument<string?> place = Declare.Optional("REPO[@REVISION][:/PATH]", "What to list; default: all repos");
    private readonly Option<bool> recursive = Declare.Flag("--recursive", "-r", "All files below");
    private readonly Option<bool> wide = Declare.Flag("--long", "-l", "With modes, exact sizes, whole digests, and where links lead");
    private readonly Option<string?> at = Declare.Text("--at", null, "REVISION", "A branch, tag or commit, in place of one after the @");
    private readonly Option<string?> limit = Declare.Text("--limit", "-n", "NUMBER", "So many at most, of a folder or of the repos");
    private readonly Option<string?> after = Declare.Text("--after", null, "NAME", "What follows this name: the next page");
    private readonly Option<bool> quiet = Declare.Quiet("paths");
    private readonly Option<string?> format = Declare.Output();

    public ListCommand()
        : base("ls", "List files of a repo, at any commit; or the repos")
    {
        Add(place);
        Add(recursive);
        Add(wide);
        Add(at);
        Add(limit);
        Add(after);
        Add(quiet);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway ls training", "The top of training@master"),
        new("slipway ls -l training@v1:/", "Modes, sizes and digests, as at a tag"),
        new("slipway ls -r training@master~2:/2026", "All files below a folder, two commits ago"),
        new("slipway ls images:/ --at v1 -n 100 --after 0099.jpg", "A page of a large folder, as it was at a tag"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        bool names = parsed.GetValue(quiet);
        int? most = Values.WholeNumberOrNull(parsed.GetValue(limit), "--limit");
        string? name = parsed.GetValue(after);
        if (parsed.GetValue(place) is not string text)
        {
            return await RepoListCommand.WriteAsync(context, json, names, name, most, cancellationToken).ConfigureAwait(false);
        }

        DataAddress address = DataAddress.Parse(text);
        address = parsed.GetValue(at) is { } revision ? address with { Revision = revision } : address;
        bool deep = parsed.GetValue(recursive);
        if (deep && (most is not null || name is not null))
        {
            throw new CliException("--limit and --after page through one folder", "leave -r away", usage: true);
        }

        IAsyncEnumerable<FileEntry> files = ListAsync(context.Client, address.ToFile(), deep, name, most, parsed.GetValue(wide), cancellationToken);
        return parsed.GetValue(wide) && !json && !names
            ? await FileTable.WriteLongAsync(context, files, cancellationToken).ConfigureAwait(false)
            : await FileTable.WriteAsync(context, files, json, names, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The entries of a folder; of a file, the file.</summary>
    private static async IAsyncEnumerable<FileEntry> ListAsync(
        SlipwayClient client, string at, bool recursive, string? after, int? limit, bool targets, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<FileEntry> entries = client.ListFilesAsync(at, recursive, after, limit, targets, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (entries.ConfigureAwait(false))
        {
            bool any;
            FileEntry? single = null;
            try
            {
                any = await entries.MoveNextAsync().ConfigureAwait(false);
            }
            catch (ApiException exception) when (exception.Problem.Kind is ProblemKinds.InvalidArgument or ProblemKinds.FailedPrecondition or ProblemKinds.Conflict)
            {
                any = false;
                single = await client.InspectFileAsync(at, cancellationToken).ConfigureAwait(false);
            }

            if (single is not null)
            {
                yield return single;
            }

            for (; any; any = await entries.MoveNextAsync().ConfigureAwait(false))
            {
                yield return entries.Current;
            }
        }
    }
}
