namespace Slipway.Api;

/// <param name="Pipeline">The pipeline whose output this is; such a repo refuses writes by people.</param>
/// <param name="Size">Bytes at the head of its master branch.</param>
/// <param name="Branches">Set by inspect.</param>
public sealed record RepoInfo(
    string Name,
    DateTimeOffset Created,
    string? Description = null,
    string? Pipeline = null,
    long Size = 0,
    IReadOnlyList<BranchInfo>? Branches = null);
