namespace Slipway.Api;

/// <param name="At">"repo@globalId" of an open commit, or "repo@branch" when exactly one is open there.</param>
public sealed record FinishCommitRequest(string At);
