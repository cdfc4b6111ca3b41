namespace Slipway.Api;

/// <summary>An image that an archive brought.</summary>
/// <param name="Reference">Unset: the archive gives it no name.</param>
/// <param name="Digest">Of the manifest: an image's or an index's.</param>
public sealed record LoadedImage(string? Reference, string Digest);
