using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;
using Slipway.Data.Worktrees.Writing;

namespace Slipway.Daemon.Api;

/// <summary>Folders of this machine beside commits: how they differ, and bringing one to the other. For the user that the server runs as.</summary>
internal sealed class WorktreeDoor(CommitStore commits, RepoStore repos, RepoContents contents, FolderReader reader)
{
    private const string OtherUser = "the server runs as another user, or on another machine";
    private const string OtherFolder = "the server sees another folder at this path";
    private static readonly TimeSpan ProgressStep = TimeSpan.FromMilliseconds(200);

    public void Map(WebApplication app)
    {
        app.MapPost(Routes.FilesLocalStatus, StatusAsync);
        app.MapPost(Routes.FilesLocalCheckout, CheckoutAsync);
    }

    private async Task StatusAsync(HttpContext http)
    {
        LocalSource folder = await Ask.BodyAsync(http, ApiJson.Default.LocalSource);
        if (!LocalPeer.IsOurUser(http))
        {
            await AnswerAsync(http, new LocalStatusProgress(0, 0, 0, Declined: OtherUser));
            return;
        }

        (Commit commit, TreeEntry present) = await FindAsync(Ask.Query(http, "at"), http.RequestAborted);
        ScanTally tally = new();
        Task<(TreeEntry Folder, RepoContent Content)?> scan = reader.RehearseFolderAsync(
            contents.Of(commit.Repo), folder.Path, new FileIdentity(folder.Device, folder.Inode), present, tally, http.RequestAborted).AsTask();
        while (await Task.WhenAny(scan, Task.Delay(ProgressStep, http.RequestAborted)) != scan)
        {
            await AnswerAsync(http, new LocalStatusProgress(tally.Files, tally.Bytes, tally.Read));
        }

        if (await scan is not { } found)
        {
            await AnswerAsync(http, new LocalStatusProgress(0, 0, 0, Declined: OtherFolder));
            return;
        }

        await foreach (TreeChange change in found.Content.Trees.DiffAsync(present.Digest, found.Folder.Digest, http.RequestAborted))
        {
            await AnswerAsync(http, new LocalStatusProgress(0, 0, 0, DataWire.Change(change)), flush: false);
        }

        await AnswerAsync(http, new LocalStatusProgress(tally.Files, tally.Bytes, tally.Read, Done: true));
    }

    private async Task CheckoutAsync(HttpContext http)
    {
        LocalCheckoutRequest request = await Ask.BodyAsync(http, ApiJson.Default.LocalCheckoutRequest);
        if (!LocalPeer.IsOurUser(http))
        {
            await AnswerAsync(http, new LocalCheckoutProgress(0, 0, Declined: OtherUser));
            return;
        }

        string at = Ask.Query(http, "at");
        (Commit commit, TreeEntry folder) = await FindAsync(at, http.RequestAborted);
        RepoContent content = contents.Of(commit.Repo);
        Digest from = request.From is { } before ? await TreeBeforeAsync(before, commit.Repo, http.RequestAborted) : await content.Trees.EmptyAsync(http.RequestAborted);
        ScanTally tally = new();
        FileIdentity identity = new(request.Target.Device, request.Target.Inode);
        Task<CheckoutOutcome?> work = new FolderCheckout(content, reader, tally)
            .RunAsync(from, folder.Digest, request.Target.Path, identity, request.Force, http.RequestAborted).AsTask();
        while (await Task.WhenAny(work, Task.Delay(ProgressStep, http.RequestAborted)) != work)
        {
            await AnswerAsync(http, new LocalCheckoutProgress(tally.Files, tally.Bytes));
        }

        if (await work is not { } done)
        {
            await AnswerAsync(http, new LocalCheckoutProgress(0, 0, Declined: OtherFolder));
            return;
        }

        string revision = CommitReference.Parse(at).Revision;
        bool isBranch = BranchName.TryParse(revision, out BranchName branch) && (await repos.ListBranchesAsync(commit.Repo, http.RequestAborted)).Any(known => known.Name == branch);
        CheckoutResult result = new(DataWire.Commit(commit), isBranch ? revision : null, done.Written, done.Removed, done.Kept);
        await AnswerAsync(http, new LocalCheckoutProgress(tally.Files, tally.Bytes, result));
    }

    /// <summary>A finished commit, and the folder in it that a reference names.</summary>
    private async ValueTask<(Commit Commit, TreeEntry Folder)> FindAsync(string text, CancellationToken cancellationToken)
    {
        CommitReference at = CommitReference.Parse(text);
        Commit commit = await commits.ResolveAsync(at, cancellationToken);
        commit.ThrowIfDropped();
        TreeEntry? entry = commit.Tree is { } tree ? await contents.Of(commit.Repo).Trees.FindAsync(tree, at.Path ?? DataPath.Root, cancellationToken) : null;
        return entry is { Kind: EntryKind.Directory }
            ? (commit, entry)
            : throw new SlipwayException(ErrorKind.NotFound, $"{at} is no folder", $"See what there is: slipway ls {at.Repo}@{at.Revision}");
    }

    /// <summary>What a folder was made from. Where that cannot be known any more, the folder counts as made by hand.</summary>
    private async ValueTask<Digest> TreeBeforeAsync(string text, RepoName repo, CancellationToken cancellationToken)
    {
        try
        {
            (Commit commit, TreeEntry folder) = await FindAsync(text, cancellationToken);
            if (contents.Of(commit.Repo) == contents.Of(repo))
            {
                return folder.Digest;
            }
        }
        catch (SlipwayException error) when (error.Kind is ErrorKind.NotFound or ErrorKind.FailedPrecondition)
        {
            // The repo, or that commit, was removed meanwhile.
        }

        return await contents.Of(repo).Trees.EmptyAsync(cancellationToken);
    }

    private static Task AnswerAsync(HttpContext http, LocalStatusProgress progress, bool flush = true)
    {
        Begin(http);
        return Answer.LineAsync(http, progress, ApiJson.Default.LocalStatusProgress, flush);
    }

    private static Task AnswerAsync(HttpContext http, LocalCheckoutProgress progress)
    {
        Begin(http);
        return Answer.LineAsync(http, progress, ApiJson.Default.LocalCheckoutProgress, flush: true);
    }

    private static void Begin(HttpContext http)
    {
        if (!http.Response.HasStarted)
        {
            Answer.BeginLines(http);
        }
    }
}
