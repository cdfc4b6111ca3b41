using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Daemon.Verification;
using Slipway.Pipelines.Planning;

namespace Slipway.Daemon.Purging;

/// <summary>What a purge is going to remove, and what it leaves behind.</summary>
/// <param name="Blobs">The blobs, with their sizes in bytes.</param>
/// <param name="Uses">The files of commits that have them.</param>
/// <param name="Outputs">The datums that were made from them, by job and name: their answers are forgotten.</param>
/// <param name="Answers">The keys of those answers.</param>
/// <param name="WithOutputs">Whether what those datums left is among the blobs.</param>
internal sealed record PurgePlan(
    ImmutableSortedDictionary<Digest, long> Blobs,
    IReadOnlyDictionary<Digest, DamagedBlobs.Uses> Uses,
    ImmutableArray<string> Outputs,
    ImmutableArray<DatumKey> Answers,
    bool WithOutputs);
