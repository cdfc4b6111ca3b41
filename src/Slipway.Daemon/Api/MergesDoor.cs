using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Commits.Merging;
using Slipway.Data.Repos;
using Slipway.Data.Trees;
using Slipway.Data.Trees.Merging;

namespace Slipway.Daemon.Api;

/// <summary>Merges and reverts. A conflict is an answer, not a failure: it lists the paths, and nothing has changed.</summary>
internal sealed class MergesDoor(CommitMerger merger)
{
    public void Map(WebApplication app)
    {
        app.MapPost(Routes.Merge, MergeAsync);
        app.MapPost(Routes.Revert, RevertAsync);
    }

    private async Task MergeAsync(HttpContext http)
    {
        MergeRequest request = await Ask.BodyAsync(http, ApiJson.Default.MergeRequest);
        (RepoName repo, BranchName into) = BranchesDoor.BranchAt(request.Into);
        MergeOptions options = new(FavorOf(request.Favor), request.Message, request.Author ?? "") { FastForward = !request.NoFastForward };
        MergeResult result = await merger.MergeAsync(CommitReference.Parse(request.From), repo, into, options, http.RequestAborted);
        await Answer.JsonAsync(http, Info(result), ApiJson.Default.MergeInfo);
    }

    private async Task RevertAsync(HttpContext http)
    {
        RevertRequest request = await Ask.BodyAsync(http, ApiJson.Default.RevertRequest);
        BranchName? onto = request.Onto is { } name ? BranchName.Parse(name) : null;
        MergeOptions options = new(FavorOf(request.Favor), request.Message, request.Author ?? "");
        MergeResult result = await merger.RevertAsync(CommitReference.Parse(request.At), onto, options, http.RequestAborted);
        await Answer.JsonAsync(http, Info(result), ApiJson.Default.MergeInfo);
    }

    private static MergeFavor FavorOf(string? text) => text switch
    {
        null => MergeFavor.None,
        "ours" => MergeFavor.Ours,
        "theirs" => MergeFavor.Theirs,
        _ => throw new SlipwayException(ErrorKind.InvalidArgument, $"a merge favors 'ours' or 'theirs', not '{text}'"),
    };

    private static MergeInfo Info(MergeResult result) => new(
        result.Kind switch
        {
            MergeKind.UpToDate => Slipway.Api.MergeOutcome.UpToDate,
            MergeKind.FastForwarded => Slipway.Api.MergeOutcome.FastForwarded,
            MergeKind.Committed => Slipway.Api.MergeOutcome.Committed,
            _ => Slipway.Api.MergeOutcome.Conflicted,
        },
        result.Head is { } head ? DataWire.Commit(head) : null,
        result.Conflicts.IsEmpty ? null : [.. result.Conflicts.Select(Conflict)]);

    private static ConflictInfo Conflict(MergeConflict conflict)
    {
        return new ConflictInfo(conflict.Path.ToString(), Side(conflict.Basis), Side(conflict.Ours), Side(conflict.Theirs));

        FileEntry? Side(TreeEntry? entry) => entry is null ? null : DataWire.Entry(conflict.Path, entry);
    }
}
