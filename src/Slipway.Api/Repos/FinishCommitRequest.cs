namespace Slipway.Api;

/// <param name="At">"repo@globalId" of an open commit, or "repo@branch" when exactly one is open there.</param>
public sealed record FinishCommitRequest(string At);

/// <summary>Finishes several open commits at once.</summary>
/// <param name="At">As in <see cref="FinishCommitRequest"/>, at least two.</param>
public sealed record FinishCommitsRequest(IReadOnlyList<string> At);
