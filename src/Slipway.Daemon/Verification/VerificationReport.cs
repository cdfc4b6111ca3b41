using System.Collections.Immutable;

namespace Slipway.Daemon.Verification;

/// <summary>What a verification came to.</summary>
/// <param name="Blobs">How many blobs were read.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Records">How many records of the metadata were read.</param>
/// <param name="Commits">How many commits were checked.</param>
/// <param name="Purged">How many blobs that commits name are gone on purpose.</param>
internal sealed record VerificationReport(ImmutableArray<Fault> Faults, long Blobs, long Bytes, long Records, long Commits, long Purged);

/// <summary>How far a verification is.</summary>
internal readonly record struct VerificationStep(string What, long Done);
