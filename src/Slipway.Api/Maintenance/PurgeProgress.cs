namespace Slipway.Api;

/// <summary>One line of a running purge; the last one has its result.</summary>
public sealed record PurgeProgress(string Step, PurgeResult? Result = null);

/// <summary>What a purge removed, or would remove.</summary>
/// <param name="Outputs">The datums that were made from it, by job: their answers are forgotten.</param>
/// <param name="Copies">Files outside of the store that were copies, and are removed.</param>
/// <param name="Traces">Blobs of which the store's files still hold bytes: none, or the purge has failed.</param>
/// <param name="Locked">Encrypted projects that were not looked into, since their keys are not here.</param>
public sealed record PurgeResult(
    bool DryRun, IReadOnlyList<PurgedBlob> Blobs, IReadOnlyList<string> Outputs, int Answers, IReadOnlyList<string> Copies, IReadOnlyList<string> Traces,
    IReadOnlyList<string> Locked);

/// <summary>One purged blob.</summary>
/// <param name="Uses">The first files of commits that had it.</param>
/// <param name="MoreUses">How many had it besides.</param>
public sealed record PurgedBlob(string Digest, long Size, IReadOnlyList<string> Uses, long MoreUses);

/// <summary>The record of a purged blob.</summary>
/// <param name="AllowedBy">Who allowed the same bytes again; null while they are refused.</param>
public sealed record PurgeInfo(
    string Digest, long Size, DateTimeOffset When, string By, string Reason, IReadOnlyList<string> Uses, long MoreUses, string? AllowedBy);
