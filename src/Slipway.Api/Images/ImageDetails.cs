namespace Slipway.Api;

/// <summary>What an image is: where it came from, what it runs by default, its layers.</summary>
public sealed record ImageDetails
{
    public required string Digest { get; init; }

    public required string ConfigDigest { get; init; }

    public IReadOnlyList<string> References { get => field ?? []; init; }

    public DateTimeOffset? Created { get; init; }

    public required long Size { get; init; }

    public string? Architecture { get; init; }

    public string? Os { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<string> Environment { get => field ?? []; init; }

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public string? StopSignal { get; init; }

    public IReadOnlyList<string> ExposedPorts { get => field ?? []; init; }

    public IReadOnlyList<string> Volumes { get => field ?? []; init; }

    public IReadOnlyDictionary<string, string> Labels { get => field ?? EmptyMap.Value; init; }

    /// <summary>The manifest's annotations: the Dockerfile's digest, the context's, the revision that it was built from.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get => field ?? EmptyMap.Value; init; }

    /// <summary>What is said about the image beside it: how it was built, the packages in it, signatures. The newest first.</summary>
    public IReadOnlyList<ImageReferrer> Referrers { get => field ?? []; init; }

    /// <summary>Base first.</summary>
    public IReadOnlyList<ImageLayer> Layers { get => field ?? []; init; }

    public IReadOnlyList<ImageHistory> History { get => field ?? []; init; }
}
