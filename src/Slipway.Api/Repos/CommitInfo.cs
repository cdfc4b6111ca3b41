namespace Slipway.Api;

/// <summary>A commit: open, finished or failed.</summary>
public sealed record CommitInfo
{
    public required string Repo { get; init; }

    public required string Branch { get; init; }

    /// <summary>32 hex digits; joins a commit with all it caused.</summary>
    public required string GlobalId { get; init; }

    /// <summary>The digest of what the commit says, "sha256:…", once finished.</summary>
    public string? Id { get; init; }

    public string? Parent { get; init; }

    /// <summary>The second parent of a merge.</summary>
    public string? MergedFrom { get; init; }

    /// <summary>Its place in the line of first parents, from 1; zero while open. <c>branch.N</c> names it.</summary>
    public long Ordinal { get; init; }

    public string? Tree { get; init; }

    public IReadOnlyList<ProvenanceInfo> Provenance { get => field ?? []; init; }

    public CommitOrigin Origin { get; init; }

    public required CommitState State { get; init; }

    public string Message { get => field ?? ""; init; }

    public string Author { get => field ?? ""; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>When an open commit is dropped if nobody has finished it.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When the retention of its branch took its files away; what is left says what it was.</summary>
    public DateTimeOffset? Dropped { get; init; }

    public string? Error { get; init; }

    /// <summary>Bytes of its whole tree.</summary>
    public long Size { get; init; }
}
