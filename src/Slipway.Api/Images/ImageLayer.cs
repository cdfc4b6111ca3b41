namespace Slipway.Api;

/// <summary>One layer of an image, bottom first in a list.</summary>
public sealed record ImageLayer(string Digest, string DiffId, string MediaType, long Size);
