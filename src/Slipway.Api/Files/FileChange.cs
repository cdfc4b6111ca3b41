namespace Slipway.Api;

/// <summary>A difference between two commits: added without Before, deleted without After.</summary>
public sealed record FileChange(string Path, FileEntry? Before = null, FileEntry? After = null);
