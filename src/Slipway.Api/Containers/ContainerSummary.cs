namespace Slipway.Api;

/// <summary>A line of `slipway ps`.</summary>
public sealed record ContainerSummary
{
    /// <summary>64 hex digits; 12 are enough to name it.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Image { get; init; }

    /// <summary>The words that run: entrypoint and command.</summary>
    public IReadOnlyList<string> Command { get => field ?? []; init; }

    public required ContainerStatus Status { get; init; }

    public int? ExitCode { get; init; }

    public bool OomKilled { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }
}
