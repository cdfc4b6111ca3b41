namespace Slipway.Api;

/// <summary>The state of the server, for `slipway info`.</summary>
public sealed record ServerInfo
{
    public required string Version { get; init; }

    public required int Pid { get; init; }

    public required string Home { get; init; }

    /// <summary>Where S3 and the API are served on TCP: "http://127.0.0.1:9000"; null where they are not.</summary>
    public string? Listen { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>The OCI runtime that containers run on, and its version: "crun 1.14".</summary>
    public string? Runtime { get; init; }

    /// <summary>What this machine cannot do, each with what follows from it.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; }

    public int Images { get; init; }

    public int Containers { get; init; }

    public int Running { get; init; }

    public int Repos { get; init; }

    public int Pipelines { get; init; }

    /// <summary>Bytes on disk under Home, where known.</summary>
    public long? StoreBytes { get; init; }

    /// <summary>The kernel's release.</summary>
    public string? Kernel { get; init; }
}
