namespace Slipway.Api;

/// <summary>A folder of this machine that is to show a commit.</summary>
/// <param name="Target">The folder; it is there already.</param>
/// <param name="From">What it was made from before, as "repo@commit:/path"; null: nothing.</param>
/// <param name="Force">What was changed in it by hand may go.</param>
public sealed record LocalCheckoutRequest(LocalSource Target, string? From = null, bool Force = false);

/// <summary>How far the server is with it; the last record has a result or a reason for declining.</summary>
public sealed record LocalCheckoutProgress(long Files, long Bytes, CheckoutResult? Result = null, string? Declined = null);

/// <summary>What a checkout did.</summary>
/// <param name="Commit">Whose files the folder shows.</param>
/// <param name="Branch">Where the asker named a branch, that one: what is checked in goes there.</param>
/// <param name="Written">Files that were written; <paramref name="Removed"/> were removed, and <paramref name="Kept"/> differ, as they were changed by hand.</param>
public sealed record CheckoutResult(CommitInfo Commit, string? Branch, long Written, long Removed, long Kept);
