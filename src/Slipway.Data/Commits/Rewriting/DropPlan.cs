using System.Collections.Immutable;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits.Rewriting;

/// <summary>What a drop takes away, or would.</summary>
/// <param name="Commits">The commits that go, each before what it stands on or was computed from.</param>
/// <param name="Branches">Where branches come to stand: at the nearest commit that stays, or nowhere.</param>
/// <param name="Tags">The tags that go.</param>
public sealed record DropPlan(ImmutableArray<Commit> Commits, ImmutableArray<Branch> Branches, ImmutableArray<Tag> Tags);
