using Slipway.Content.Blobs;
using Slipway.Data.Trees;

namespace Slipway.Data.Contents;

/// <summary>Where the bytes of one repo are kept: its files and its trees.</summary>
public sealed record RepoContent(IBlobStore Blobs, TreeStore Trees)
{
    /// <summary>They are sealed on the disk; what of them is unpacked must not stay there.</summary>
    public bool IsSealed { get; init; }
}
