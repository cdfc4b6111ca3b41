namespace Slipway.Api;

/// <summary>One datum of a job: what went in, how it went, how long each part took.</summary>
public sealed record DatumInfo
{
    public required string Id { get; init; }

    public required DatumState State { get; init; }

    public IReadOnlyList<DatumInputInfo> Inputs { get => field ?? []; init; }

    public int? ExitCode { get; init; }

    public int Tries { get; init; }

    /// <summary>Why it ran, was skipped, or failed.</summary>
    public string? Reason { get; init; }

    public double? PrepareSeconds { get; init; }

    public double? RunSeconds { get; init; }

    public double? CollectSeconds { get; init; }

    public long OutputFiles { get; init; }

    public long OutputBytes { get; init; }
}

/// <param name="Path">The datum's file or folder in the repo.</param>
public sealed record DatumInputInfo(string Name, string Repo, string Path, string? Digest = null);
