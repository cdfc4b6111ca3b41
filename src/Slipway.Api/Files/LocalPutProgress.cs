namespace Slipway.Api;

/// <summary>How far the server is with reading files itself; the last record has a result or a reason for declining.</summary>
/// <param name="Files">Found so far; <paramref name="Bytes"/> in them, <paramref name="Read"/> of them new or changed, and therefore read.</param>
/// <param name="Declined">Why the server cannot read these sources itself: send them then.</param>
public sealed record LocalPutProgress(long Files, long Bytes, long Read, PutResult? Result = null, string? Declined = null);
