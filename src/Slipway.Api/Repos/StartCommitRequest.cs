namespace Slipway.Api;

/// <summary>Opens a commit on a branch, to put many files into it.</summary>
public sealed record StartCommitRequest(string Repo, string Branch, string? Message = null, string? Author = null);
