namespace Slipway.Api;

/// <summary>What one commit means for one pipeline: its datums, and how far they are.</summary>
public sealed record JobInfo
{
    /// <summary>As `slipway job` takes it.</summary>
    public required string Id { get; init; }

    public required string Pipeline { get; init; }

    public required JobState State { get; init; }

    /// <summary>The global id that joins it with the commit that caused it.</summary>
    public required string GlobalId { get; init; }

    public long PipelineVersion { get; init; }

    public string? Image { get; init; }

    public string? ImageDigest { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public required DatumCounts Counts { get; init; }

    /// <summary>"repo@globalId" of the output commit.</summary>
    public string? Output { get; init; }

    public IReadOnlyList<ProvenanceInfo> Inputs { get => field ?? []; init; }

    /// <summary>Why it failed: the first reason, with the datum and the path.</summary>
    public string? Error { get; init; }

    /// <summary>Set by inspect.</summary>
    public IReadOnlyList<DatumInfo>? Datums { get; init; }
}
