namespace Slipway.Api;

/// <summary>How far the server is with comparing a folder; then its changes, one a record (Before: the commit's, After: the folder's); then the last record.</summary>
/// <param name="Files">Found so far; <paramref name="Bytes"/> in them, <paramref name="Read"/> of them read, because nothing is known of them.</param>
/// <param name="Declined">Why the server cannot read the folder itself.</param>
public sealed record LocalStatusProgress(long Files, long Bytes, long Read, FileChange? Change = null, bool Done = false, string? Declined = null);
