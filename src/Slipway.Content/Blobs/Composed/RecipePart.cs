namespace Slipway.Content.Blobs.Composed;

/// <summary>A run of another blob's bytes.</summary>
/// <param name="Source">A blob of the same store that is no composed one.</param>
internal readonly record struct RecipePart(Digest Source, long Offset, long Length);
