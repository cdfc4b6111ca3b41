using System.Collections.Immutable;

namespace Slipway.Images.Referrers;

/// <summary>A document that is about an image: what a referrer carries.</summary>
/// <param name="Type">What kind of document it is: its media type, which is the artifact's type and its only layer's.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Artifact(string Type, ReadOnlyMemory<byte> Content)
{
    /// <summary>Annotations of the artifact's manifest, which a registry's list of referrers repeats; sorted by key.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
