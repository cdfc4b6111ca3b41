namespace Slipway.Api;

/// <summary>Where a build's context came from. It is told in the statement beside the image (SLSA provenance), and is no part of the image.</summary>
/// <param name="Uri">The repository or archive, without what logs in; null where nobody knows.</param>
/// <param name="Reference">The branch or tag.</param>
/// <param name="Commit">The commit that is checked out; null outside of git.</param>
/// <param name="IsDirty">Whether the context's files were changed since; null where that is not known.</param>
public sealed record BuildSource(string? Uri = null, string? Reference = null, string? Commit = null, bool? IsDirty = null);
