using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Images.Repositories;

namespace Slipway.Images.Referrers;

/// <summary>What goes along with images that are pushed.</summary>
/// <param name="Going">Manifests and what each is about there, in the order in which they go.</param>
/// <param name="Left">The types of what is about the images and stays here, each as often as there is one of it.</param>
public sealed record ReferrerPlan(ImmutableArray<(ManifestRecord Referrer, Digest Subject)> Going, ImmutableArray<string> Left)
{
    /// <summary>Nothing goes along.</summary>
    public static ReferrerPlan None { get; } = new([], []);
}
