namespace Slipway.Api;

/// <summary>One run of a stage's command.</summary>
public sealed record LineageDatum
{
    public required string Datum { get; init; }

    public required string Job { get; init; }

    /// <summary>The job that ran it, where another one's answer was taken.</summary>
    public string? RanIn { get; init; }

    /// <summary>Why there was such a job.</summary>
    public string? Cause { get; init; }

    public required string Pipeline { get; init; }

    public long PipelineVersion { get; init; }

    public IReadOnlyList<string> Command { get => field ?? []; init; }

    public IReadOnlyList<string> Stdin { get => field ?? []; init; }

    public string? Image { get; init; }

    public string? ImageDigest { get; init; }

    public string? DockerfileDigest { get; init; }

    /// <summary>The digest of what the image's build read.</summary>
    public string? ContextDigest { get; init; }

    /// <summary>The git revision that the image was built from, where known.</summary>
    public string? Revision { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public double? RunSeconds { get; init; }

    public IReadOnlyList<LineageFile> Inputs { get => field ?? []; init; }
}
