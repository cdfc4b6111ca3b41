using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs.Sealed;
using Slipway.Daemon.Verification;
using Slipway.Pipelines.Planning;

namespace Slipway.Daemon.Purging;

/// <summary>What a purge is going to remove, and what it leaves behind.</summary>
/// <param name="Blobs">The blobs, with their sizes in bytes.</param>
/// <param name="Uses">The files of commits that have them.</param>
/// <param name="Outputs">The datums that were made from them, by job and name: their answers are forgotten.</param>
/// <param name="Answers">The keys of those answers.</param>
/// <param name="WithOutputs">Whether what those datums left is among the blobs.</param>
/// <param name="Sealed">Where encrypted projects keep them.</param>
/// <param name="Locked">The encrypted projects that could not be looked into.</param>
internal sealed record PurgePlan(
    ImmutableSortedDictionary<Digest, long> Blobs,
    IReadOnlyDictionary<Digest, DamagedBlobs.Uses> Uses,
    ImmutableArray<string> Outputs,
    ImmutableArray<DatumKey> Answers,
    bool WithOutputs,
    ImmutableArray<SealedCopy> Sealed,
    ImmutableArray<string> Locked);

/// <summary>A blob as an encrypted project keeps it.</summary>
/// <param name="Sealed">What the sealed bytes are called in the shared store.</param>
/// <param name="Store">Its project's blobs.</param>
internal sealed record SealedCopy(string Project, Digest Plain, Digest Sealed, SealedBlobStore Store);
