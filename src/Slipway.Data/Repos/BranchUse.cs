namespace Slipway.Data.Repos;

/// <summary>That a pipeline works with a branch.</summary>
/// <param name="Writes">The branch is the pipeline's output; else the pipeline reads it.</param>
public sealed record BranchUse(string Pipeline, bool Writes);
