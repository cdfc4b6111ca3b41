namespace Slipway.Api;

/// <summary>How far the server is with writing files itself; the last record is done, or has a reason for declining.</summary>
/// <param name="Files">Written so far; <paramref name="Bytes"/> in them.</param>
/// <param name="Declined">Why the server cannot write there itself: fetch the files then.</param>
public sealed record LocalGetProgress(long Files, long Bytes, bool Done = false, string? Declined = null);
