namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<IReadOnlyList<BranchInfo>> ListBranchesAsync(string repo, CancellationToken cancellationToken) => ListBranchesAsync(repo, null, null, cancellationToken);

    /// <param name="after">Only those whose names follow this one.</param>
    /// <param name="limit">So many at most.</param>
    public Task<IReadOnlyList<BranchInfo>> ListBranchesAsync(string repo, string? after, int? limit, CancellationToken cancellationToken) => GetAsync(
        Routes.WithQuery(Routes.Branches, ("repo", repo), ("after", after), ("limit", Text(limit))), ApiJson.Default.IReadOnlyListBranchInfo, cancellationToken);

    /// <param name="at">"repo@branch".</param>
    public Task<BranchInfo> InspectBranchAsync(string at, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.BranchInspect, ("at", at)), ApiJson.Default.BranchInfo, cancellationToken);

    public Task<BranchInfo> CreateBranchAsync(CreateBranchRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Branches, request, ApiJson.Default.CreateBranchRequest, ApiJson.Default.BranchInfo, cancellationToken);

    public Task<BranchInfo> MoveBranchAsync(MoveBranchRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.BranchMove, request, ApiJson.Default.MoveBranchRequest, ApiJson.Default.BranchInfo, cancellationToken);

    public Task<BranchInfo> RenameBranchAsync(RenameBranchRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.BranchRename, request, ApiJson.Default.RenameBranchRequest, ApiJson.Default.BranchInfo, cancellationToken);

    /// <param name="at">"repo@branch".</param>
    public Task DeleteBranchAsync(string at, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.Branches, ("at", at)), cancellationToken);

    public Task<IReadOnlyList<TransactionInfo>> ListTransactionsAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Transactions, ApiJson.Default.IReadOnlyListTransactionInfo, cancellationToken);

    public Task<TransactionInfo> BeginTransactionAsync(BeginTransactionRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Transactions, request, ApiJson.Default.BeginTransactionRequest, ApiJson.Default.TransactionInfo, cancellationToken);

    public Task<FinishedTransaction> FinishTransactionAsync(string id, CancellationToken cancellationToken) =>
        SendAsync("POST", Routes.WithQuery(Routes.TransactionFinish, ("id", id)), ApiJson.Default.FinishedTransaction, cancellationToken);

    public Task DropTransactionAsync(string id, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.Transactions, ("id", id)), cancellationToken);

    /// <summary>All of them or none.</summary>
    public Task<IReadOnlyList<CommitInfo>> FinishCommitsAsync(FinishCommitsRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.CommitFinishAll, request, ApiJson.Default.FinishCommitsRequest, ApiJson.Default.IReadOnlyListCommitInfo, cancellationToken);

    public Task<MergeInfo> MergeAsync(MergeRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Merge, request, ApiJson.Default.MergeRequest, ApiJson.Default.MergeInfo, cancellationToken);

    public Task<MergeInfo> RevertAsync(RevertRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Revert, request, ApiJson.Default.RevertRequest, ApiJson.Default.MergeInfo, cancellationToken);

    public Task<IReadOnlyList<TagInfo>> ListTagsAsync(string repo, CancellationToken cancellationToken) => ListTagsAsync(repo, null, null, cancellationToken);

    /// <param name="after">Only those whose names follow this one.</param>
    /// <param name="limit">So many at most.</param>
    public Task<IReadOnlyList<TagInfo>> ListTagsAsync(string repo, string? after, int? limit, CancellationToken cancellationToken) => GetAsync(
        Routes.WithQuery(Routes.Tags, ("repo", repo), ("after", after), ("limit", Text(limit))), ApiJson.Default.IReadOnlyListTagInfo, cancellationToken);

    public Task<TagInfo> CreateTagAsync(CreateTagRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Tags, request, ApiJson.Default.CreateTagRequest, ApiJson.Default.TagInfo, cancellationToken);

    /// <param name="at">"repo@tag".</param>
    public Task DeleteTagAsync(string at, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.Tags, ("at", at)), cancellationToken);
}
