namespace Slipway.Api;

/// <summary>A pipeline, its stage and its last job.</summary>
public sealed record PipelineInfo
{
    public required string Name { get; init; }

    /// <summary>From 1; each update adds one.</summary>
    public long Version { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Updated { get; init; }

    /// <summary>As the specification names it.</summary>
    public required string Image { get; init; }

    /// <summary>What that name means now to the pipeline.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The input for a person: "training:/* × attributes:/".</summary>
    public string? Input { get; init; }

    public string OutputBranch { get => field ?? "master"; init; }

    /// <summary>"running", "standby", "paused", "failed": whether it answers new commits.</summary>
    public string State { get => field ?? "running"; init; }

    public JobState? LastJobState { get; init; }

    public string? LastJob { get; init; }

    /// <summary>The canonical specification as JSON; set by inspect.</summary>
    public string? Spec { get; init; }
}
