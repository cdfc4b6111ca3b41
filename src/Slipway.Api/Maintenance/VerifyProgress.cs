namespace Slipway.Api;

/// <summary>One line of a running verification; the last one has its result.</summary>
public sealed record VerifyProgress(string Step, long Done, VerifyResult? Result = null);

/// <summary>What a verification came to.</summary>
/// <param name="Blobs">How many blobs were read again.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Records">How many records of the metadata were read again.</param>
/// <param name="Commits">How many commits were compared with their ids.</param>
/// <param name="Purged">How many blobs that commits name were purged: gone on purpose, and no fault.</param>
public sealed record VerifyResult(IReadOnlyList<VerifyFault> Faults, long Blobs, long Bytes, long Records, long Commits, long Purged, double Seconds);

/// <summary>Something that is wrong.</summary>
/// <param name="Kind">blob, pack, index, burials, file, record or commit.</param>
/// <param name="What">Which one.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Hits">The first files of commits that it hits, as <c>repo@commit:/path</c>.</param>
/// <param name="MoreHits">How many it hits besides.</param>
/// <param name="Note">How it was mended, or why not.</param>
public sealed record VerifyFault(string Kind, string What, string Fault, IReadOnlyList<string> Hits, long MoreHits, bool Repaired, string? Note);
