using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;

namespace Slipway.Daemon.Api;

/// <summary>Files of this machine that the server reads itself, for the user it runs as: no byte travels, and what it knows already is not read again.</summary>
internal sealed class LocalFilesDoor(CommitStore commits, RepoContents contents, CommitWriter writer, FolderReader reader)
{
    private static readonly TimeSpan ProgressStep = TimeSpan.FromMilliseconds(200);

    public void Map(WebApplication app) => app.MapPost(Routes.FilesLocal, PutAsync);

    private async Task PutAsync(HttpContext http)
    {
        LocalPutRequest request = await Ask.BodyAsync(http, ApiJson.Default.LocalPutRequest);
        if (!LocalPeer.IsOurUser(http))
        {
            await AnswerAsync(http, new LocalPutProgress(0, 0, 0, Declined: "the server runs as another user, or on another machine"), flush: false);
            return;
        }

        WriteTarget target = await writer.TargetAsync(http, http.RequestAborted);
        bool replace = Ask.Flag(http, "replace");
        ScanTally tally = new();
        Func<Digest, ValueTask>? check = Ask.Find(http, "expect") is { } expected ? await ExpectAsync(target, expected, http.RequestAborted) : null;
        Task<PutResult?> put = PutAsync(target, request.Sources, replace, Ask.Flag(http, "append"), check, tally, http.RequestAborted);
        while (await Task.WhenAny(put, Task.Delay(ProgressStep, http.RequestAborted)) != put)
        {
            await AnswerAsync(http, Progress(tally), flush: true);
        }

        LocalPutProgress last = await put is { } result
            ? Progress(tally) with { Result = result }
            : new LocalPutProgress(0, 0, 0, Declined: "the server sees other files at these paths");
        await AnswerAsync(http, last, flush: false);
    }

    /// <summary>A check that what stands at the target is still what a commit had there.</summary>
    private async ValueTask<Func<Digest, ValueTask>> ExpectAsync(WriteTarget target, string text, CancellationToken cancellationToken)
    {
        CommitReference at = CommitReference.Parse(text);
        Commit commit = await commits.ResolveAsync(at, cancellationToken);
        TreeStore trees = contents.Of(target.Repo).Trees;
        Digest? expected = commit.Tree is { } tree ? (await trees.FindAsync(tree, at.Path ?? DataPath.Root, cancellationToken))?.Digest : null;
        return async basis =>
        {
            if ((await trees.FindAsync(basis, target.Path, cancellationToken))?.Digest != expected)
            {
                throw new SlipwayException(
                    ErrorKind.Conflict,
                    $"{target.Repo}@{target.Branch}:{target.Path} has changed since commit {commit.GlobalId}",
                    $"Take the changes over first: slipway checkout {target.Repo}@{target.Branch}:{target.Path} FOLDER; then try again.");
            }
        };
    }

    private static LocalPutProgress Progress(ScanTally tally) => new(tally.Files, tally.Bytes, tally.Read);

    private static Task AnswerAsync(HttpContext http, LocalPutProgress progress, bool flush)
    {
        if (!http.Response.HasStarted)
        {
            Answer.BeginLines(http);
        }

        return Answer.LineAsync(http, progress, ApiJson.Default.LocalPutProgress, flush);
    }

    /// <summary>Null where a source is not what the asker sees.</summary>
    private async Task<PutResult?> PutAsync(
        WriteTarget target, IReadOnlyList<LocalSource> sources, bool replace, bool append, Func<Digest, ValueTask>? check, ScanTally tally, CancellationToken cancellationToken)
    {
        RepoContent content = contents.Of(target.Repo);
        Commit? head = await HeadAsync(target, cancellationToken);
        ImmutableArray<TreeEdit>.Builder edits = ImmutableArray.CreateBuilder<TreeEdit>();
        if (replace)
        {
            edits.Add(new DeletePath(target.Path));
        }

        foreach (LocalSource source in sources)
        {
            DataPath path = sources is [{ Folder: true }] ? target.Path
                : sources.Count == 1 && !target.Path.IsRoot ? target.Path
                : target.Path.Append(source.Name);
            if (!await AddAsync(content, source, path, head?.Tree, edits, append, tally, cancellationToken))
            {
                return null;
            }
        }

        Commit commit = await writer.WriteAsync(target, edits.ToImmutable(), head is null ? [] : [head], cancellationToken, check);
        return new PutResult(DataWire.Commit(commit), tally.Files, tally.Bytes, tally.Files - tally.Read);
    }

    private async ValueTask<bool> AddAsync(
        RepoContent content, LocalSource source, DataPath path, Digest? head, ImmutableArray<TreeEdit>.Builder edits, bool append, ScanTally tally, CancellationToken cancellationToken)
    {
        FileIdentity identity = new(source.Device, source.Inode);
        if (!Path.IsPathFullyQualified(source.Path))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the source '{source.Path}' is not an absolute path");
        }

        if (!source.Folder)
        {
            if (await reader.ReadFileAsync(content, source.Path, identity, tally, cancellationToken) is not { } file)
            {
                return false;
            }

            edits.Add(append ? new AppendFile(path, file) : new PutEntry(path, file));
            return true;
        }

        if (append)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"{source.Path} is a folder: only files can be appended", "Name the files with -f.");
        }

        TreeEntry? present = head is { } root ? await content.Trees.FindAsync(root, path, cancellationToken) : null;
        if (await reader.ReadFolderAsync(content, source.Path, identity, present, tally, cancellationToken) is not { } folder)
        {
            return false;
        }

        edits.Add(new MergeDirectory(path, folder));
        return true;
    }

    /// <summary>The branch's head: what its tree has need not be read again. Null where it has none yet.</summary>
    private async ValueTask<Commit?> HeadAsync(WriteTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await commits.ResolveAsync(new CommitReference(target.Repo, target.Branch.ToString(), null), cancellationToken) is { Tree: not null } head ? head : null;
        }
        catch (SlipwayException error) when (error.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }
}
