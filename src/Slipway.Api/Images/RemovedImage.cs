namespace Slipway.Api;

/// <param name="Untagged">Names taken away.</param>
/// <param name="Deleted">Digests of images that are gone.</param>
public sealed record RemovedImage(IReadOnlyList<string> Untagged, IReadOnlyList<string> Deleted);
