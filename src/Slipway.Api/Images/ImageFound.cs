namespace Slipway.Api;

/// <summary>That an image is here.</summary>
/// <param name="Digest">Of the manifest that its name means: an image's or an index's.</param>
public sealed record ImageFound(string Digest);
