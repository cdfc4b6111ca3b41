namespace Slipway.Build.Provenance;

/// <summary>Where a context came from, as the caller says: it is told, and not checked.</summary>
/// <param name="Uri">The repository or archive, without secrets; null for a folder that no repository's remote is known of.</param>
/// <param name="Reference">The branch or tag; null where there is none.</param>
/// <param name="Commit">The commit that is checked out; null outside of git.</param>
/// <param name="IsDirty">Whether the context's files were changed since that commit; null where that is not known, as of a repository too large to look through.</param>
public sealed record BuildSource(string? Uri, string? Reference, string? Commit, bool? IsDirty)
{
    /// <summary>When the newest commit that changed the context was made, which is the image's time unless one is given; null where that is not known.</summary>
    public DateTimeOffset? CommitTime { get; init; }

    /// <summary>That time is not known because the clone is shallow, and its history ends before the commit.</summary>
    public bool IsHistoryCut { get; init; }

    /// <summary>The value of <see cref="ImageBuilder.DirtySourceAnnotation"/>.</summary>
    public string DirtyText => IsDirty switch
    {
        true => "true",
        false => "false",
        null => "unknown",
    };
}
