namespace Slipway.Api;

/// <summary>A file and what made it: a tree that ends at what people put.</summary>
public sealed record LineageFile
{
    public required string Repo { get; init; }

    public required string Commit { get; init; }

    public string? Branch { get; init; }

    public required string Path { get; init; }

    public string? Digest { get; init; }

    public long Size { get; init; }

    /// <summary>Who put it and why, where a person did.</summary>
    public string? Author { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? Time { get; init; }

    /// <summary>The datums that wrote it; empty for what a person put. A folder may have several.</summary>
    public IReadOnlyList<LineageDatum> MadeBy { get => field ?? []; init; }

    /// <summary>Of a folder: the first files below it, in path order; there may be more.</summary>
    public IReadOnlyList<FileEntry> Files { get => field ?? []; init; }

    /// <summary>What cannot be said, each in a sentence.</summary>
    public IReadOnlyList<string> Unknown { get => field ?? []; init; }

    /// <summary>Its ancestry stands elsewhere in this answer and is not repeated here.</summary>
    public bool SeeAbove { get; init; }
}
