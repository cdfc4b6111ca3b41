using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>Creates, runs and removes containers on this machine. Surface only for now; the body follows.</summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    private ContainerEngine()
    {
    }

    /// <summary>The runtime in use and its version: <c>crun 1.8.1</c>.</summary>
    public string RuntimeName => throw Pending();

    /// <summary>What this machine cannot give (limits, a faster runtime), a sentence each.</summary>
    public ImmutableArray<string> Warnings => throw Pending();

    /// <summary>Raised after a container was created, started, exited or removed.</summary>
    public event Action<ContainerEvent>? Changed { add => throw Pending(); remove => throw Pending(); }

    public static ValueTask<ContainerEngine> OpenAsync(EngineOptions options, SnapshotStore snapshots, TimeProvider time, CancellationToken cancellationToken) => throw Pending();

    public ValueTask<ContainerInfo> CreateAsync(ContainerSpec spec, CancellationToken cancellationToken) => throw Pending();

    /// <summary>Joins the container's streams; before the start it misses nothing. The connection is made when the container starts.</summary>
    public ValueTask<ContainerStreams> AttachAsync(ContainerId id, CancellationToken cancellationToken) => throw Pending();

    public ValueTask StartAsync(ContainerId id, CancellationToken cancellationToken) => throw Pending();

    public ValueTask<ExitStatus> WaitAsync(ContainerId id, CancellationToken cancellationToken) => throw Pending();

    public ValueTask KillAsync(ContainerId id, int signal, CancellationToken cancellationToken) => throw Pending();

    public ValueTask StopAsync(ContainerId id, TimeSpan timeout, CancellationToken cancellationToken) => throw Pending();

    public ValueTask RemoveAsync(ContainerId id, bool force, CancellationToken cancellationToken) => throw Pending();

    /// <summary>By full id, unique id prefix or name; null where there is none.</summary>
    public ContainerInfo? Find(string idPrefixOrName) => throw Pending();

    /// <summary>As <see cref="Find"/>, NotFound with the nearest names.</summary>
    public ContainerInfo Get(string idPrefixOrName) => throw Pending();

    public ImmutableArray<ContainerInfo> List(bool all) => throw Pending();

    public IAsyncEnumerable<LogLine> LogsAsync(ContainerId id, bool follow, CancellationToken cancellationToken) => throw Pending();

    public ValueTask<ExecSession> ExecAsync(ContainerId id, ExecSpec spec, CancellationToken cancellationToken) => throw Pending();

    /// <summary>The container's writable layer on the host: overlayfs form. Unmounted once the container has exited.</summary>
    public string UpperDirectory(ContainerId id) => throw Pending();

    /// <summary>Kills and removes what a killed server's ephemeral runs left. <see cref="OpenAsync"/> has done it already.</summary>
    public ValueTask CleanEphemeralAsync(CancellationToken cancellationToken) => throw Pending();

    public ValueTask DisposeAsync() => throw Pending();

    private static SlipwayException Pending() => new(ErrorKind.Internal, "the engine is being written");
}
