using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Data.Worktrees.Writing;

namespace Slipway.Daemon.Api;

/// <summary>Folders of repos that the server writes on its own machine, for the user it runs as: no byte travels through a socket.</summary>
internal sealed class LocalGetDoor(CommitStore commits, RepoContents contents)
{
    private static readonly TimeSpan ProgressStep = TimeSpan.FromMilliseconds(200);

    public void Map(WebApplication app) => app.MapPost(Routes.FilesLocalGet, GetAsync);

    private async Task GetAsync(HttpContext http)
    {
        LocalGetRequest request = await Ask.BodyAsync(http, ApiJson.Default.LocalGetRequest);
        if (!LocalPeer.IsOurUser(http))
        {
            await AnswerAsync(http, new LocalGetProgress(0, 0, Declined: "the server runs as another user, or on another machine"), flush: false);
            return;
        }

        CommitReference at = CommitReference.Parse(Ask.Query(http, "at"));
        Commit commit = await commits.ResolveAsync(at, http.RequestAborted);
        commit.ThrowIfDropped();
        RepoContent content = contents.Of(commit.Repo);
        TreeEntry folder = commit.Tree is { } tree && await content.Trees.FindAsync(tree, at.Path ?? DataPath.Root, http.RequestAborted) is { Kind: EntryKind.Directory } found
            ? found
            : throw new SlipwayException(ErrorKind.NotFound, $"{at} is no folder", $"See what there is: slipway ls {at.Repo}@{at.Revision}");
        ScanTally tally = new();
        FileIdentity identity = new(request.Target.Device, request.Target.Inode);
        Task<bool> write = new FolderWriter(content, request.Overwrite, tally).WriteAsync(folder.Digest, request.Target.Path, identity, http.RequestAborted).AsTask();
        while (await Task.WhenAny(write, Task.Delay(ProgressStep, http.RequestAborted)) != write)
        {
            await AnswerAsync(http, new LocalGetProgress(tally.Files, tally.Bytes), flush: true);
        }

        LocalGetProgress last = await write
            ? new LocalGetProgress(tally.Files, tally.Bytes, Done: true)
            : new LocalGetProgress(0, 0, Declined: "the server sees another folder at this path");
        await AnswerAsync(http, last, flush: false);
    }

    private static Task AnswerAsync(HttpContext http, LocalGetProgress progress, bool flush)
    {
        if (!http.Response.HasStarted)
        {
            Answer.BeginLines(http);
        }

        return Answer.LineAsync(http, progress, ApiJson.Default.LocalGetProgress, flush);
    }
}
