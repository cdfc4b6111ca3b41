namespace Slipway.Api;

/// <param name="Commit">The commit that was made, or the open one that was added to.</param>
/// <param name="Files">Files put; <paramref name="Bytes"/> in them.</param>
/// <param name="Unchanged">How many of them the server knew already without reading them; null where they were sent.</param>
public sealed record PutResult(CommitInfo Commit, long Files, long Bytes, long? Unchanged = null);
