using System.Collections.Immutable;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Collection;

/// <summary>What a collection did, or in a rehearsal would do.</summary>
/// <param name="Rows">How many dead rows of each kind went.</param>
/// <param name="Swept">The blobs that went.</param>
/// <param name="SweptBytes">Their bytes.</param>
/// <param name="Kept">The blobs that something names.</param>
/// <param name="KeptBytes">Their bytes.</param>
/// <param name="Leased">The blobs that nothing names but that work under way put or found: they stay for now.</param>
/// <param name="Largest">The largest of the blobs that went, largest first.</param>
internal sealed record CollectionReport(
    ImmutableSortedDictionary<string, long> Rows, long Swept, long SweptBytes, long Kept, long KeptBytes, long Leased, ImmutableArray<BlobInfo> Largest)
{
    /// <summary>The cache mounts of builds that went.</summary>
    public long CacheMounts { get; init; }

    /// <summary>Their bytes.</summary>
    public long CacheMountBytes { get; init; }
}
