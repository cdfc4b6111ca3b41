namespace Slipway.Api;

/// <summary>One instruction that made the image.</summary>
public sealed record ImageHistory(DateTimeOffset? Created = null, string? CreatedBy = null, string? Comment = null, bool EmptyLayer = false);
