using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Diffs;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Api;

/// <summary>What differs between two commits, and on request how the files differ inside.</summary>
internal sealed class DiffDoor(CommitStore commits, RepoContents contents)
{
    private const int MostContext = 1000;

    public void Map(WebApplication app) => app.MapGet(Routes.Diff, DiffAsync);

    private async Task DiffAsync(HttpContext http)
    {
        CommitReference to = CommitReference.Parse(Ask.Query(http, "to"));
        Commit after = await commits.ResolveAsync(to, http.RequestAborted);
        CommitReference? from = Ask.Find(http, "from") is { } given ? CommitReference.Parse(given) : null;
        Commit? before = from is not null ? await commits.ResolveAsync(from, http.RequestAborted)
            : after.Parent is { } parent ? await commits.FindAsync(after.Repo, parent, http.RequestAborted) : null;
        RepoContent content = contents.Of(after.Repo);
        if (before is not null && contents.Of(before.Repo) != content)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"{before.Repo} and {after.Repo} are not kept in one store, since a project of them is encrypted", "Copy what is to be compared into one project: slipway cp.");
        }

        DataPath path = to.Path ?? DataPath.Root;
        Digest empty = await content.Trees.EmptyAsync(http.RequestAborted);
        TreeEntry? old = await content.Trees.FindAsync(before is null ? empty : TreeOf(before), from?.Path ?? path, http.RequestAborted);
        TreeEntry? now = await content.Trees.FindAsync(TreeOf(after), path, http.RequestAborted);
        if (old is null && now is null && !path.IsRoot)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"neither commit has {path}", $"See what there is: slipway ls {to.Repo}@{to.Revision}");
        }

        IAsyncEnumerable<TreeChange> changes = ChangesAsync(content.Trees, path, old, now, empty, http.RequestAborted);
        if (!Ask.Flag(http, "facts"))
        {
            await Answer.LinesAsync(http, changes.Select(DataWire.Change), ApiJson.Default.FileChange);
            return;
        }

        FileComparer comparer = new(content.Blobs, content.Blobs, Context(http));
        await Answer.LinesAsync(
            http,
            changes.Select(async (TreeChange change, CancellationToken ct) => DataWire.Change(change) with { Comparison = DataWire.Comparison(await comparer.CompareAsync(change, ct)) }),
            ApiJson.Default.FileChange);
    }

    /// <summary>The files that differ below two entries; a file against a folder is itself a difference.</summary>
    private static async IAsyncEnumerable<TreeChange> ChangesAsync(
        TreeStore trees, DataPath path, TreeEntry? old, TreeEntry? now, Digest empty, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TreeEntry? oldFile = FileOf(old), newFile = FileOf(now);
        if (oldFile != newFile)
        {
            yield return new TreeChange(path, oldFile, newFile);
        }

        await foreach (TreeChange change in trees.DiffAsync(FolderOf(old, empty), FolderOf(now, empty), cancellationToken))
        {
            yield return change with { Path = DataPath.Parse($"{path.ToString().TrimEnd('/')}{change.Path}") };
        }
    }

    private static TreeEntry? FileOf(TreeEntry? entry) => entry is { Kind: not EntryKind.Directory } ? entry with { Name = "" } : null;

    private static Digest FolderOf(TreeEntry? entry, Digest empty) => entry is { Kind: EntryKind.Directory } ? entry.Digest : empty;

    private static int? Context(HttpContext http) => Ask.Find(http, "context") is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int lines) ? Math.Min(lines, MostContext)
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"context is a number of lines, not '{text}'");

    /// <summary>A finished or failed commit's tree; an open commit has none yet.</summary>
    private static Digest TreeOf(Commit commit)
    {
        commit.ThrowIfDropped();
        return commit.Tree ?? throw new SlipwayException(
            ErrorKind.FailedPrecondition,
            $"commit {commit.Repo}@{commit.GlobalId} is still open",
            commit.Origin == Data.Commits.CommitOrigin.Pipeline ? $"Wait for its job: slipway wait {commit.GlobalId}" : $"Finish it first: slipway commit finish {commit.Repo}@{commit.GlobalId}");
    }
}
