namespace Slipway.Api;

/// <summary>Where a build's context came from. It is told in the statement beside the image (SLSA provenance); of all this only a time is part of the image.</summary>
/// <param name="Uri">The repository or archive, without what logs in; null where nobody knows.</param>
/// <param name="Reference">The branch or tag.</param>
/// <param name="Commit">The commit that is checked out; null outside of git.</param>
/// <param name="IsDirty">Whether the context's files were changed since; null where that is not known.</param>
public sealed record BuildSource(string? Uri = null, string? Reference = null, string? Commit = null, bool? IsDirty = null)
{
    /// <summary>When the newest commit that changed the context was made, in seconds since 1970: the image's time, unless one is given. Null where it is not known.</summary>
    public long? CommitTime { get; init; }

    /// <summary>That time is not known because the clone is shallow, and its history ends before the commit.</summary>
    public bool IsHistoryCut { get; init; }
}
