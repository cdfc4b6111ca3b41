using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>A typed pointer to a blob: what it is, its digest and its length in bytes (OCI image specification, descriptor.md).</summary>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    /// <summary>Annotations of the pointer, sorted by key.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>In an index: what the manifest's image runs on; null where that is not said.</summary>
    public Platform? Platform { get; init; }

    /// <summary>In a list of referrers: what kind of artifact the manifest is.</summary>
    public string? ArtifactType { get; init; }
}
