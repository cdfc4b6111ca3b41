namespace Slipway.Api;

/// <summary>Opens a commit on a branch, to put many files into it.</summary>
/// <param name="ExpiresSeconds">After how many seconds it is dropped if it is still open; null: never.</param>
public sealed record StartCommitRequest(string Repo, string Branch, string? Message = null, string? Author = null, double? ExpiresSeconds = null)
{
    /// <summary>The open transaction that it shall be part of; message, author and expiry are then the transaction's.</summary>
    public string? Transaction { get; init; }
}
