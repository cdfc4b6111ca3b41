using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Transactions;
using Slipway.Data.Triggers;

namespace Slipway.Daemon.Api;

/// <summary>Branches and tags: list, create, move, rename, delete.</summary>
internal sealed class BranchesDoor(RepoStore repos, BranchStore branches, TagStore tags, TransactionStore transactions, TimeProvider time)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Branches, ListAsync);
        app.MapPost(Routes.Branches, CreateAsync);
        app.MapDelete(Routes.Branches, DeleteAsync);
        app.MapGet(Routes.BranchInspect, InspectAsync);
        app.MapPost(Routes.BranchMove, MoveAsync);
        app.MapPost(Routes.BranchRename, RenameAsync);
        app.MapGet(Routes.Tags, ListTagsAsync);
        app.MapPost(Routes.Tags, CreateTagAsync);
        app.MapDelete(Routes.Tags, DeleteTagAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        RepoName repo = RepoName.Parse(Ask.Query(http, "repo"));
        IReadOnlyList<BranchInfo> list = [.. Page.Of(http, await repos.ListBranchesAsync(repo, http.RequestAborted), static branch => branch.Name.ToString()).Select(DataWire.Branch)];
        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListBranchInfo);
    }

    private async Task CreateAsync(HttpContext http)
    {
        CreateBranchRequest request = await Ask.BodyAsync(http, ApiJson.Default.CreateBranchRequest);
        CommitReference? from = request.From is { } text ? CommitReference.Parse(text) : null;
        RepoName repo = RepoName.Parse(request.Repo);
        BranchName name = BranchName.Parse(request.Name);
        BranchTrigger? trigger = request.Trigger is { } asked ? DataWire.Trigger(asked, time.GetUtcNow()) : null;
        if (trigger is not null && request.Transaction is not null)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "a branch with a trigger cannot be made in a transaction", "Make it by itself.");
        }

        Branch branch = request.Transaction is { } id
            ? await transactions.PlanMoveAsync(GlobalId.Parse(id), repo, name, from, isNew: true, http.RequestAborted)
            : await branches.CreateAsync(repo, name, from, trigger, http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Branch(branch), ApiJson.Default.BranchInfo);
    }

    private async Task InspectAsync(HttpContext http)
    {
        (RepoName repo, BranchName name) = BranchAt(Ask.Query(http, "at"));
        await Answer.JsonAsync(http, DataWire.Branch(await branches.GetAsync(repo, name, http.RequestAborted)), ApiJson.Default.BranchInfo);
    }

    private async Task MoveAsync(HttpContext http)
    {
        MoveBranchRequest request = await Ask.BodyAsync(http, ApiJson.Default.MoveBranchRequest);
        (RepoName repo, BranchName name) = BranchAt(request.At);
        GlobalId? expected = request.Expect is { } head ? GlobalId.Parse(head) : null;
        CommitReference to = CommitReference.Parse(request.To);
        Branch branch = request.Transaction is { } id
            ? await transactions.PlanMoveAsync(GlobalId.Parse(id), repo, name, to, isNew: false, http.RequestAborted)
            : await branches.MoveAsync(repo, name, to, expected, http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Branch(branch), ApiJson.Default.BranchInfo);
    }

    private async Task RenameAsync(HttpContext http)
    {
        RenameBranchRequest request = await Ask.BodyAsync(http, ApiJson.Default.RenameBranchRequest);
        (RepoName repo, BranchName name) = BranchAt(request.At);
        Branch branch = await branches.RenameAsync(repo, name, BranchName.Parse(request.Name), http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Branch(branch), ApiJson.Default.BranchInfo);
    }

    private async Task DeleteAsync(HttpContext http)
    {
        (RepoName repo, BranchName name) = BranchAt(Ask.Query(http, "at"));
        await branches.DeleteAsync(repo, name, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    private async Task ListTagsAsync(HttpContext http)
    {
        IReadOnlyList<TagInfo> list =
        [
            .. Page.Of(http, await tags.ListAsync(RepoName.Parse(Ask.Query(http, "repo")), http.RequestAborted), static tag => tag.Name.ToString()).Select(DataWire.Tag),
        ];
        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListTagInfo);
    }

    private async Task CreateTagAsync(HttpContext http)
    {
        CreateTagRequest request = await Ask.BodyAsync(http, ApiJson.Default.CreateTagRequest);
        Tag tag = await tags.CreateAsync(
            CommitReference.Parse(request.At), BranchName.Parse(request.Name), request.Message ?? "", request.Author ?? "", http.RequestAborted);
        await Answer.JsonAsync(http, DataWire.Tag(tag), ApiJson.Default.TagInfo);
    }

    private async Task DeleteTagAsync(HttpContext http)
    {
        (RepoName repo, BranchName name) = BranchAt(Ask.Query(http, "at"));
        await tags.DeleteAsync(repo, name, http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    /// <summary><c>repo@name</c> of a branch or a tag.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the part after <c>@</c> is no name.</exception>
    internal static (RepoName Repo, BranchName Name) BranchAt(string text)
    {
        CommitReference reference = CommitReference.Parse(text);
        return (reference.Repo, BranchName.Parse(reference.Revision));
    }
}
