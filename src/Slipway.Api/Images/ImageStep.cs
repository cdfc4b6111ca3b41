namespace Slipway.Api;

/// <summary>One instruction that made an image, beside the layer that it added.</summary>
/// <param name="Layer">The layer's digest; unset where it added none.</param>
/// <param name="Size">Bytes of the layer as it is stored.</param>
public sealed record ImageStep(string? Layer, long Size, DateTimeOffset? Created = null, string? CreatedBy = null, string? Comment = null);
