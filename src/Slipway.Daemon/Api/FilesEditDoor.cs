using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;

namespace Slipway.Daemon.Api;

/// <summary>Copies and removals within and between repos, several as one commit. What two repos of one store copy is a reference: no bytes move.</summary>
internal sealed class FilesEditDoor(CommitStore commits, RepoContents contents, CommitWriter writer)
{
    private static readonly SearchValues<char> GlobCharacters = SearchValues.Create("*?[{(\\");

    public void Map(WebApplication app) => app.MapPost(Routes.FilesEdit, EditAsync);

    private async Task EditAsync(HttpContext http)
    {
        EditFilesRequest request = await Ask.BodyAsync(http, ApiJson.Default.EditFilesRequest);
        WriteTarget target = await writer.TargetAsync(http, http.RequestAborted);
        Digest? there = await TreeAsync(target, http.RequestAborted);
        List<TreeEdit> edits = [];
        List<Commit> sources = [];
        (long files, long bytes) = (0, 0);
        foreach (FileEdit edit in request.Edits)
        {
            if (edit.From is not { } from)
            {
                edits.Add(new DeletePath(await ExistingAsync(target, there, DataPath.Parse(edit.Path), http.RequestAborted)));
                continue;
            }

            await foreach (SourceCopy copy in CopyAsync(target, there, from, edit.Path, sources, http.RequestAborted))
            {
                edits.Add(edit.Move ? new MovePath(copy.From, copy.To) : await EditAsync(target, copy, http.RequestAborted));
                (files, bytes) = (files + 1, bytes + copy.Entry.Size);
            }

            if (edit.Move && (sources[^1].Repo != target.Repo || sources[^1].Branch != target.Branch))
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"{from} is not on {target.Repo}@{target.Branch}", "Copy it, then remove it.");
            }
        }

        Commit commit = await writer.WriteAsync(target, edits, sources, http.RequestAborted);
        await Answer.JsonAsync(http, new PutResult(DataWire.Commit(commit), files, bytes), ApiJson.Default.PutResult);
    }

    /// <summary>The tree that a destination is looked up in; null where the branch has none yet.</summary>
    private async ValueTask<Digest?> TreeAsync(WriteTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return (await commits.ResolveAsync(new CommitReference(target.Repo, target.Branch.ToString(), null), cancellationToken)).Tree;
        }
        catch (SlipwayException error) when (error.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>A path that is to be removed. One that only an open commit has is taken on trust.</summary>
    private async ValueTask<DataPath> ExistingAsync(WriteTarget target, Digest? there, DataPath path, CancellationToken cancellationToken) =>
        target.Open is not null || (there is { } tree && await contents.Of(target.Repo).Trees.FindAsync(tree, path, cancellationToken) is not null)
            ? path
            : throw new SlipwayException(
                ErrorKind.NotFound, $"{target.Repo}@{target.Branch} has no {path}", $"See what it has: slipway ls {target.Repo}@{target.Branch}:{path.Parent}");

    private async IAsyncEnumerable<SourceCopy> CopyAsync(
        WriteTarget target,
        Digest? there,
        string from,
        string to,
        List<Commit> sources,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int colon = from.IndexOf(':', StringComparison.Ordinal);
        string path = colon < 0 ? "/" : from[(colon + 1)..];
        CommitReference reference = CommitReference.Parse(colon < 0 ? from : from[..colon]);
        Commit source = await commits.ResolveAsync(reference, cancellationToken);
        source.ThrowIfDropped();
        Digest tree = source.Tree ?? throw new SlipwayException(
            ErrorKind.FailedPrecondition, $"commit {source.Repo}@{source.GlobalId} is still open", $"Finish it first: slipway commit finish {source.Repo}@{source.GlobalId}");
        sources.Add(source);
        RepoContent content = contents.Of(source.Repo);
        List<KeyValuePair<DataPath, TreeEntry>> found = await FindAsync(content, tree, path, cancellationToken);
        if (found.Count == 0)
        {
            throw new SlipwayException(ErrorKind.NotFound, $"{from} is nothing that is there", $"See what there is: slipway ls {reference.Repo}@{reference.Revision}");
        }

        DataPath destination = DataPath.Parse(to);
        bool below = found.Count > 1 || to.EndsWith('/')
            || (there is { } now && await contents.Of(target.Repo).Trees.FindAsync(now, destination, cancellationToken) is { Kind: EntryKind.Directory });
        foreach ((DataPath at, TreeEntry entry) in found)
        {
            DataPath place = below && !at.IsRoot ? destination.Append(at.Name) : destination;
            yield return new SourceCopy(content, at, entry, place);
        }
    }

    private async ValueTask<TreeEdit> EditAsync(WriteTarget target, SourceCopy copy, CancellationToken cancellationToken)
    {
        TreeEntry here = await BringAsync(copy.Content, contents.Of(target.Repo), copy.Entry, cancellationToken);
        return here.Kind == EntryKind.Directory ? new MergeDirectory(copy.To, here) : new PutEntry(copy.To, here);
    }

    /// <summary>What stands at the path itself, else what it matches as a pattern.</summary>
    private static async ValueTask<List<KeyValuePair<DataPath, TreeEntry>>> FindAsync(RepoContent content, Digest tree, string path, CancellationToken cancellationToken)
    {
        if (DataPath.TryParse(path, out DataPath literal) && await content.Trees.FindAsync(tree, literal, cancellationToken) is { } entry)
        {
            return [new(literal, entry)];
        }

        return !path.AsSpan().ContainsAny(GlobCharacters) ? [] : await content.Trees.GlobAsync(tree, Glob.Parse(path), cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>The entry in the other store: the same where both are one, else its bytes are read here and put there.</summary>
    private static async ValueTask<TreeEntry> BringAsync(RepoContent from, RepoContent to, TreeEntry entry, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(from.Blobs, to.Blobs))
        {
            return entry;
        }

        if (entry.Kind != EntryKind.Directory)
        {
            await PutAsync(from, to, entry, cancellationToken);
            return entry;
        }

        // Trees are the same bytes in every store; each file is put, then the directories are written there.
        List<TreeEdit> edits = [];
        await foreach ((DataPath path, TreeEntry file) in from.Trees.WalkAsync(entry.Digest, cancellationToken))
        {
            await PutAsync(from, to, file, cancellationToken);
            edits.Add(new PutEntry(path, file));
        }

        Digest root = await to.Trees.ApplyAsync(await to.Trees.EmptyAsync(cancellationToken), edits, cancellationToken);
        return entry with { Digest = root };
    }

    private static async ValueTask PutAsync(RepoContent from, RepoContent to, TreeEntry file, CancellationToken cancellationToken)
    {
        await using Stream content = await from.Blobs.OpenAsync(file.Digest, cancellationToken);
        await to.Blobs.PutAsync(content, file.Digest, cancellationToken);
    }

    /// <summary>What is copied, and where it goes.</summary>
    private sealed record SourceCopy(RepoContent Content, DataPath From, TreeEntry Entry, DataPath To);
}
