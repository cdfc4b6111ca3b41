namespace Slipway.Content.Blobs;

/// <summary>A run of a stored blob's bytes.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">How many.</param>
public readonly record struct BlobRange(Digest Digest, long Offset, long Length);
