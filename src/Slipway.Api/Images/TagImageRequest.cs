namespace Slipway.Api;

/// <param name="Image">A reference or a digest prefix that exists.</param>
/// <param name="Tag">The new name.</param>
public sealed record TagImageRequest(string Image, string Tag);
