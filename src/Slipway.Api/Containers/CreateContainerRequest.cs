namespace Slipway.Api;

/// <summary>Everything that a container is made from. Unset members take the image's value or the safe default.</summary>
public sealed record CreateContainerRequest
{
    public required string Image { get; init; }

    public string? Name { get; init; }

    /// <summary>Unset: the image's CMD.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Unset: the image's ENTRYPOINT; empty: none.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>"NAME=value" each, later ones win; laid over the image's.</summary>
    public IReadOnlyList<string> Environment { get => field ?? []; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>"user", "uid", "user:group" or "uid:gid".</summary>
    public string? User { get; init; }

    public IReadOnlyList<MountRequest> Mounts { get => field ?? []; init; }

    public long? MemoryBytes { get; init; }

    public double? Cpus { get; init; }

    public long? PidsLimit { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    /// <summary>The terminal's first size, with <see cref="Tty"/>.</summary>
    public TerminalSize? TerminalSize { get; init; }

    public ContainerNetwork Network { get; init; }

    public string? Hostname { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get => field ?? EmptyMap.Value; init; }

    /// <summary>Removed when it ends.</summary>
    public bool AutoRemove { get; init; }

    public string? StopSignal { get; init; }
}
