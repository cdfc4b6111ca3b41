using System.Collections.Immutable;

namespace Slipway.Build.Provenance;

/// <summary>Something that a build read: an in-toto resource descriptor (in-toto attestation, spec/v1/resource_descriptor.md).</summary>
/// <param name="Name">What it is to the build; null where its address says it.</param>
/// <param name="Uri">Where it came from; null where nobody knows.</param>
/// <param name="Algorithm">What kind of digest: <c>sha256</c>, <c>gitCommit</c>, or <see cref="ContextDigest"/>.</param>
public sealed record ResolvedDependency(string? Name, string? Uri, string Algorithm, string Value)
{
    /// <summary>A digest of what a build read of a folder: of paths, kinds, permission bits and contents.</summary>
    public const string ContextDigest = "slipwayContext";

    /// <summary>A commit of git.</summary>
    public const string GitCommit = "gitCommit";

    /// <summary>What else there is to say.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
