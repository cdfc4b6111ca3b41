namespace Slipway.Api;

/// <summary>How much room something takes.</summary>
/// <param name="Name">A repo, a commit, or in words what is no repo's.</param>
/// <param name="Commits">How many commits it has.</param>
/// <param name="Size">The bytes of its files as a person sees them: of the head of master, or of the commit; null where it has no files.</param>
/// <param name="Stored">The bytes of all blobs that it needs, each counted once; null where only the share of its own was asked for.</param>
/// <param name="Alone">The bytes that nothing else needs: what removing it would free.</param>
public sealed record UsageEntry(string Name, long Commits, long? Size, long? Stored, long Alone);
