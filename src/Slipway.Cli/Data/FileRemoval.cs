using Slipway.Api;

namespace Slipway.Cli.Data;

/// <summary>Removal of files, for `mv`, `rm` and `file rm`.</summary>
internal static class FileRemoval
{
    private const string GlobCharacters = "*?[{(";

    /// <summary>Whether words of `rm` mean files of a repo: no container's name has these characters.</summary>
    public static bool IsMeant(IEnumerable<string> words) => words.All(static word => word.Contains('@', StringComparison.Ordinal) || word.Contains(":/", StringComparison.Ordinal));

    /// <summary>Removes files and folders: one commit for each branch.</summary>
    public static async Task<int> RunAsync(CommandContext context, IEnumerable<string> files, string? message, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, DataAddress> branch in files.Select(Read).GroupBy(static address => address.Commit))
        {
            List<FileEdit> edits = await OfAsync(context, branch, cancellationToken).ConfigureAwait(false);
            PutResult result = await context.Client.EditFilesAsync(
                branch.First().WithPath("/").ToFile(), new PutOptions(message, Author.Of(context)), new EditFilesRequest(edits), cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"{result.Commit.Repo}@{result.Commit.GlobalId}  removed {string.Join(", ", edits.Take(3).Select(static edit => edit.Path))}{(edits.Count > 3 ? $" and {edits.Count - 3} more" : "")}");
        }

        return ExitCodes.Success;
    }

    /// <summary>The removals of paths, and of what patterns match now.</summary>
    public static async Task<List<FileEdit>> OfAsync(CommandContext context, IEnumerable<DataAddress> addresses, CancellationToken cancellationToken)
    {
        List<FileEdit> removals = [];
        foreach (DataAddress address in addresses)
        {
            string path = address.Path ?? "/";
            if (path.AsSpan().IndexOfAny(GlobCharacters) < 0)
            {
                removals.Add(new FileEdit(path));
                continue;
            }

            int before = removals.Count;
            await foreach (FileEntry entry in context.Client.GlobAsync(address.Commit, path, cancellationToken).ConfigureAwait(false))
            {
                removals.Add(new FileEdit(entry.Path));
            }

            if (removals.Count == before)
            {
                throw new CliException($"{address} matches nothing", $"see what is there: slipway ls -r {address.Commit}");
            }
        }

        return removals;
    }

    private static DataAddress Read(string file)
    {
        DataAddress address = DataAddress.Parse(file);
        return address.Path is not null ? address : throw new CliException($"'{file}' names no path", $"for everything write {address.WithPath("/").ToFile()}", usage: true);
    }
}
