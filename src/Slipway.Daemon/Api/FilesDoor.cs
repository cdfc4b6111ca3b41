using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
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

/// <summary>One file at a time: put, get with a range, inspect, delete; and listings: list, glob.</summary>
internal sealed class FilesDoor(CommitStore commits, RepoContents contents, CommitWriter writer)
{
    private const long LargeFile = 8 << 20;

    public void Map(WebApplication app)
    {
        app.MapPut(Routes.Files, PutAsync);
        app.MapGet(Routes.Files, GetAsync);
        app.MapMethods(Routes.Files, [HttpMethods.Head], GetAsync);
        app.MapDelete(Routes.Files, DeleteAsync);
        app.MapGet(Routes.FilesList, ListAsync);
        app.MapGet(Routes.FilesGlob, GlobAsync);
        app.MapGet(Routes.FileInspect, InspectAsync);
    }

    private async Task PutAsync(HttpContext http)
    {
        WriteTarget target = await writer.TargetAsync(http, http.RequestAborted);
        if (target.Path.IsRoot)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "a file needs a path", "Write repo@branch:/path, as in training@master:/iris.csv.");
        }

        BlobInfo blob = await contents.Of(target.Repo).Blobs.PutAsync(
            http.Request.Body, expected: null, await BeforeAsync(http, target), http.RequestAborted);
        TreeEntry entry = TreeEntry.File(target.Path.Name, blob.Size, blob.Digest, Ask.Flag(http, "executable"));
        Commit commit = await writer.WriteAsync(target, [Ask.Flag(http, "append") ? new AppendFile(target.Path, entry) : new PutEntry(target.Path, entry)], http.RequestAborted);
        await Answer.JsonAsync(http, new PutResult(DataWire.Commit(commit), 1, blob.Size), ApiJson.Default.PutResult);
    }

    /// <summary>What stands where a large file is going to stand: the store keeps of the new one only what differs.</summary>
    private async Task<Digest?> BeforeAsync(HttpContext http, WriteTarget target) =>
        http.Request.ContentLength is < LargeFile || Ask.Flag(http, "append")
            || await commits.HeadAsync(target.Repo, target.Branch, http.RequestAborted) is not { Tree: { } tree }
            ? null
            : (await contents.Of(target.Repo).Trees.FindAsync(tree, target.Path, http.RequestAborted))?.Digest;

    private async Task DeleteAsync(HttpContext http)
    {
        WriteTarget target = await writer.TargetAsync(http, http.RequestAborted);
        Commit commit = await writer.WriteAsync(target, [new DeletePath(target.Path)], http.RequestAborted);
        await Answer.JsonAsync(http, new PutResult(DataWire.Commit(commit), 0, 0), ApiJson.Default.PutResult);
    }

    private async Task GetAsync(HttpContext http)
    {
        (CommitReference at, TreeEntry entry) = await FindAsync(Ask.Query(http, "at"), http.RequestAborted);
        if (entry.Kind == EntryKind.Directory)
        {
            throw new SlipwayException(ErrorKind.FailedPrecondition, $"{at} is a folder", $"Get it as a whole: slipway get {at} -o FOLDER; or list it: slipway ls {at}");
        }

        http.Response.ContentType = "application/octet-stream";
        http.Response.Headers.ETag = $"\"{entry.Digest}\"";
        http.Response.Headers.AcceptRanges = "bytes";
        if (ByteRange.Find(http, entry.Size) is not (long start, long length))
        {
            await RefuseRangeAsync(http, at, entry.Size);
            return;
        }

        http.Response.ContentLength = length;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        await using Stream content = await contents.Of(at.Repo).Blobs.OpenTrustingAsync(entry.Digest, http.RequestAborted);
        content.Seek(start, SeekOrigin.Begin);
        await ByteCopy.ExactlyAsync(content, http.Response.BodyWriter, length, http.RequestAborted);
    }

    private async Task ListAsync(HttpContext http)
    {
        (CommitReference at, TreeEntry entry) = await FindAsync(Ask.Query(http, "at"), http.RequestAborted);
        DataPath path = at.Path ?? DataPath.Root;
        TreeStore trees = contents.Of(at.Repo).Trees;
        IAsyncEnumerable<FileEntry> entries = entry.Kind != EntryKind.Directory
            ? new[] { DataWire.Entry(path, entry) }.ToAsyncEnumerable()
            : Ask.Flag(http, "recursive")
                ? trees.WalkAsync(entry.Digest, http.RequestAborted).Select(found => DataWire.Entry(DataWire.Below(path, found.Key), found.Value))
                : trees.ListAsync(entry.Digest, Ask.Find(http, "after"), http.RequestAborted).Take(Ask.Number(http, "limit") ?? int.MaxValue)
                    .Select(found => DataWire.Entry(path.Append(found.Name), found));
        entries = Ask.Flag(http, "targets") ? WithTargetsAsync(contents.Of(at.Repo).Blobs, entries, http.RequestAborted) : entries;
        await Answer.LinesAsync(http, entries, ApiJson.Default.FileEntry);
    }

    private static async IAsyncEnumerable<FileEntry> WithTargetsAsync(
        IBlobStore blobs, IAsyncEnumerable<FileEntry> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (FileEntry entry in entries.WithCancellation(cancellationToken))
        {
            yield return entry.Kind == FileKind.Symlink
                ? entry with { Target = Encoding.UTF8.GetString(await blobs.ReadAllAsync(Digest.Parse(entry.Digest), cancellationToken)) }
                : entry;
        }
    }

    private async Task GlobAsync(HttpContext http)
    {
        (CommitReference at, TreeEntry root) = await FindAsync(Ask.Query(http, "at"), http.RequestAborted);
        Glob glob = Glob.Parse(Ask.Query(http, "pattern"));
        await Answer.LinesAsync(http, contents.Of(at.Repo).Trees.GlobAsync(root.Digest, glob, http.RequestAborted).Select(DataWire.Entry), ApiJson.Default.FileEntry);
    }

    private async Task InspectAsync(HttpContext http)
    {
        (CommitReference at, TreeEntry entry) = await FindAsync(Ask.Query(http, "at"), http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Entry(at.Path ?? DataPath.Root, entry), ApiJson.Default.FileEntry);
    }

    private async Task<(CommitReference At, TreeEntry Entry)> FindAsync(string text, CancellationToken cancellationToken)
    {
        CommitReference at = CommitReference.Parse(text);
        Commit commit = await commits.ResolveAsync(at, cancellationToken);
        TreeEntry entry = await contents.Of(at.Repo).Trees.FindAsync(await TreeOfAsync(commit, cancellationToken), at.Path ?? DataPath.Root, cancellationToken)
            ?? throw new SlipwayException(
                ErrorKind.NotFound, $"{at.Repo}@{at.Revision} has no {at.Path}", $"See what it has: slipway ls {at.Repo}@{at.Revision}:{at.Path?.Parent}");
        return (at, entry);
    }

    /// <summary>A finished or failed commit's tree; an open commit has none yet.</summary>
    private static ValueTask<Digest> TreeOfAsync(Commit commit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        commit.ThrowIfDropped();
        return commit.Tree is { } tree
            ? ValueTask.FromResult(tree)
            : throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"commit {commit.Repo}@{commit.GlobalId} is still open",
                commit.Origin == Data.Commits.CommitOrigin.Pipeline ? $"Wait for its job: slipway wait {commit.GlobalId}" : $"Finish it first: slipway commit finish {commit.Repo}@{commit.GlobalId}");
    }

    /// <summary>416, which says how long the file is.</summary>
    private static async Task RefuseRangeAsync(HttpContext http, CommitReference at, long size)
    {
        http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
        http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
        http.Response.ContentType = ProblemDetails.MediaType;
        ProblemDetails problem = new(ProblemKinds.InvalidArgument, $"the range {http.Request.Headers.Range} lies outside of {at}, which has {size} bytes");
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Default.ProblemDetails), http.RequestAborted);
        }
    }
}
