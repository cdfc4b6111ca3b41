namespace Slipway.Api;

/// <summary>Opens a transaction over several repos.</summary>
/// <param name="ExpiresSeconds">After how many seconds it is dropped if it is still open; null: never.</param>
public sealed record BeginTransactionRequest(string? Message = null, string? Author = null, double? ExpiresSeconds = null);

/// <summary>An open transaction.</summary>
/// <param name="Id">The global id that all of it will have.</param>
/// <param name="Commits">"repo@branch" of each open commit in it; its address for files is "repo@id".</param>
/// <param name="Branches">The branches that it will move or make, as they will be.</param>
public sealed record TransactionInfo(
    string Id, string Message, string Author, DateTimeOffset Started, DateTimeOffset? Expires, IReadOnlyList<string> Commits, IReadOnlyList<BranchInfo> Branches);

/// <summary>What a transaction came to.</summary>
/// <param name="Branches">Every branch that it moved or made.</param>
public sealed record FinishedTransaction(string Id, IReadOnlyList<CommitInfo> Commits, IReadOnlyList<BranchInfo> Branches);
