namespace Slipway.Api;

/// <summary>A difference between two commits: added without Before, deleted without After; with another path in Before it was renamed.</summary>
/// <param name="Comparison">How the two differ inside, where that was asked for and something is known of such files.</param>
public sealed record FileChange(string Path, FileEntry? Before = null, FileEntry? After = null, FileComparison? Comparison = null);
