using System.Collections.Immutable;

namespace Slipway.Build.Planning;

/// <summary>What besides the Dockerfile decides a plan.</summary>
/// <param name="Architecture">Go's name of the processor that is built on and for.</param>
/// <param name="Created">The time that stands in configs and histories, RFC 3339. No step depends on it.</param>
public sealed record PlanRequest(
    IReadOnlyDictionary<string, string> BuildArgs, string? Target, IReadOnlyDictionary<string, string> Labels, string Architecture, string Created)
{
    /// <summary>Folders and images that stand in the place of a stage or image of that name.</summary>
    public IReadOnlyDictionary<string, NamedContext> Contexts { get; init; } = ImmutableDictionary<string, NamedContext>.Empty;
}
