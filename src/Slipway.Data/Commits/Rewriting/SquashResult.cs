using System.Collections.Immutable;

namespace Slipway.Data.Commits.Rewriting;

/// <summary>What a squash did.</summary>
/// <param name="Commit">The one commit that stands for all of them.</param>
/// <param name="Removed">Those of them that are gone.</param>
/// <param name="Kept">Those that stay in the repo under their ids, and what needs each.</param>
public sealed record SquashResult(Commit Commit, ImmutableArray<Commit> Removed, ImmutableArray<Dependent> Kept);
