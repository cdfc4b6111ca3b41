namespace Slipway.Api;

/// <summary>A path that a commit added, changed or removed.</summary>
public sealed record FileTouch(CommitInfo Commit, FileChange Change);
