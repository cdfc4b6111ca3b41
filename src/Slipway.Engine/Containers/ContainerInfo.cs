using System.Collections.Immutable;

namespace Slipway.Engine;

/// <summary>What the engine knows of a container at one moment.</summary>
public sealed record ContainerInfo
{
    public required ContainerId Id { get; init; }

    /// <summary>The unique name, without a leading slash.</summary>
    public required string Name { get; init; }

    public required ContainerSpec Spec { get; init; }

    /// <summary>The program and arguments that run, after the image's entrypoint and command are joined.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    public required ContainerStatus Status { get; init; }

    /// <summary>The first process, as the host numbers it; null while none runs.</summary>
    public int? Pid { get; init; }

    /// <summary>The exit code, 128 + n where signal n ended it; null before it has exited.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The kernel killed it (or a process in it) for its memory limit.</summary>
    public bool OomKilled { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>Why the last start failed, or null.</summary>
    public string? Error { get; init; }

    /// <summary>What the container asked for and this machine cannot give: a sentence each.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}
