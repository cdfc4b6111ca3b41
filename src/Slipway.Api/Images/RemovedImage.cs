namespace Slipway.Api;

/// <param name="Untagged">Names taken away.</param>
/// <param name="Deleted">Digests of images that are gone.</param>
public sealed record RemovedImage(IReadOnlyList<string> Untagged, IReadOnlyList<string> Deleted);

/// <summary>What a pruning took away.</summary>
/// <param name="Reclaimed">Bytes of layers that no image has any more; data may still have the same bytes.</param>
public sealed record PrunedImages(IReadOnlyList<string> Untagged, IReadOnlyList<string> Deleted, long Reclaimed);
