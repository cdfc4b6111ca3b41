namespace Slipway.Api;

/// <param name="Commit">The commit that was made, or the open one that was added to.</param>
/// <param name="Files">Files received; <paramref name="Bytes"/> in them.</param>
public sealed record PutResult(CommitInfo Commit, long Files, long Bytes);
