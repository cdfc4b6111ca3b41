namespace Slipway.Api;

/// <summary>How far the server is with reading an archive itself; the last record has the images, or a reason for declining.</summary>
/// <param name="Bytes">Read so far.</param>
/// <param name="Images">What the archive brought; null before it is all there.</param>
/// <param name="Declined">Why the server cannot read it itself: send it then.</param>
public sealed record LocalLoadProgress(long Bytes, IReadOnlyList<LoadedImage>? Images = null, string? Declined = null);
