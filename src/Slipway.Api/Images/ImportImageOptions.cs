namespace Slipway.Api;

/// <summary>What a root file system becomes: the name and the defaults of the image.</summary>
public sealed record ImportImageOptions
{
    public required string Tag { get; init; }

    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>"NAME=value" each.</summary>
    public IReadOnlyList<string> Environment { get => field ?? []; init; }

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get => field ?? EmptyMap.Value; init; }

    public string? Message { get; init; }
}
