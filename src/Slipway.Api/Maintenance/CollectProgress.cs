namespace Slipway.Api;

/// <summary>One line of a running collection; the last one has its result.</summary>
/// <param name="Step">What is being done.</param>
/// <param name="Done">How much of it, in what the step counts.</param>
public sealed record CollectProgress(string Step, long Done, CollectResult? Result = null);

/// <summary>What a collection removed, or would remove.</summary>
/// <param name="Kinds">What went, by kind: blobs with their bytes, rows without.</param>
/// <param name="Kept">The blobs that something needs.</param>
/// <param name="KeptBytes">Their bytes.</param>
/// <param name="Leased">Blobs that nothing names yet but that work under way uses: looked at again next time.</param>
/// <param name="Largest">The largest blobs that went, largest first.</param>
public sealed record CollectResult(
    bool DryRun, IReadOnlyList<CollectedKind> Kinds, long Kept, long KeptBytes, long Leased, IReadOnlyList<CollectedBlob> Largest, double Seconds);

/// <summary>How many of one kind went.</summary>
public sealed record CollectedKind(string Kind, long Count, long Bytes);

/// <summary>A blob that went.</summary>
public sealed record CollectedBlob(string Digest, long Size);
