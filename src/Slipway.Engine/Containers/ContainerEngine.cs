using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>
/// Creates, runs and removes containers on this machine, over an OCI runtime and conmon. Running containers outlive the engine: the next one
/// that opens the same directory takes them over. All members are safe to call from many threads.
/// </summary>
public sealed partial class ContainerEngine : IAsyncDisposable
{
    private const int MostDiscards = 8;

    private readonly EngineOptions _options;
    private readonly SnapshotStore _snapshots;
    private readonly TimeProvider _time;
    private readonly OciRuntime _runtime;
    private readonly Conmon _conmon;
    private readonly CgroupSupport _cgroups;
    private readonly SafeFileHandle _lock;
    private readonly string _containers;
    private readonly string _mountPoints;
    private readonly CompiledSeccomp _seccomp = new();
    private readonly ContainerRegistry _registry = new();

    /// <summary>Places for removals off the way; who discards faster than the runtime cleans up waits.</summary>
    private readonly SemaphoreSlim _discards = new(MostDiscards);
    private bool _disposed;
    private volatile bool _letGo;

    private ContainerEngine(
        EngineOptions options, SnapshotStore snapshots, TimeProvider time, OciRuntime runtime, string conmon, CgroupSupport cgroups, SafeFileHandle directoryLock)
    {
        _options = options;
        _snapshots = snapshots;
        _time = time;
        _runtime = runtime;
        _conmon = new Conmon(conmon, runtime);
        _cgroups = cgroups;
        _lock = directoryLock;
        _containers = Path.Combine(options.Directory, "containers");
        Directory.CreateDirectory(_containers);
        _mountPoints = RootPreparation.MakeMountPoints(options.Directory);
    }

    /// <summary>The runtime in use and its version: <c>crun 1.8.1</c>.</summary>
    public string RuntimeName => _runtime.Version;

    /// <summary>What this machine cannot give (limits, a faster runtime): a sentence each.</summary>
    public ImmutableArray<string> Warnings { get; private init; } = [];

    /// <summary>Raised after a container was created, started, ended or removed; not for ephemeral ones. Handlers return at once.</summary>
    public event Action<ContainerEvent>? Changed;

    /// <summary>
    /// Opens an engine: finds a runtime that works, takes over the containers that an earlier server left running, and removes its ephemeral ones.
    /// </summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.Unavailable"/>: no runtime or no conmon; <see cref="ErrorKind.PermissionDenied"/>: not root;
    /// <see cref="ErrorKind.FailedPrecondition"/>: another engine uses the directory.
    /// </exception>
    public static async ValueTask<ContainerEngine> OpenAsync(
        EngineOptions options, SnapshotStore snapshots, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Libc.EffectiveUser() != 0)
        {
            throw new SlipwayException(ErrorKind.PermissionDenied, "containers need root on this machine", "Start the server as root: sudo slipway serve");
        }

        options = options with { Directory = Path.GetFullPath(options.Directory) };
        Directory.CreateDirectory(options.Directory);
        SafeFileHandle directoryLock = Libc.Open(Path.Combine(options.Directory, "lock"), OpenFlags.ReadWrite | OpenFlags.Create, 0x180);
        try
        {
            if (!Libc.TryLock(directoryLock))
            {
                throw new SlipwayException(
                    ErrorKind.FailedPrecondition, $"another server uses '{options.Directory}'", "Stop that one first, or give this one another SLIPWAY_HOME.");
            }

            string conmon = RuntimeProbe.Locate("conmon", options.SearchPath)
                ?? throw new SlipwayException(ErrorKind.Unavailable, "conmon is not installed", "Install it as root: apt-get install conmon");
            CgroupSupport cgroups = CgroupSupport.Probe();
            string state = Path.Combine(options.Directory, "runtime");
            (OciRuntime runtime, ImmutableArray<string> refused) = await RuntimeProbe.FindAsync(options, cgroups, state, cancellationToken);
            ContainerEngine engine = new(options, snapshots, time, runtime, conmon, cgroups, directoryLock) { Warnings = [.. refused, .. cgroups.Warnings] };
            await engine.RecoverAsync(cancellationToken);
            return engine;
        }
        catch
        {
            Libc.Unlock(directoryLock);
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>Makes a container that waits to be started. The image's layers are unpacked now.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: nothing to run, or a path that is not absolute; <see cref="ErrorKind.AlreadyExists"/>: the name is
    /// taken; <see cref="ErrorKind.NotFound"/>: a mount's source, or a layer; see <see cref="SnapshotStore.PrepareAsync(Images.Image, CancellationToken)"/>.
    /// </exception>
    public async ValueTask<ContainerInfo> CreateAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        ImmutableArray<string> arguments = Check(spec);
        Rootfs rootfs = await _snapshots.PrepareAsync(spec.Image, cancellationToken);
        ContainerId id = ContainerId.New();
        ContainerFiles files = FilesOf(id);
        string name = _registry.Reserve(spec.Name, id);
        try
        {
            RootPreparation.MakeDirectories(files, rootfs);
            Container container = new(
                new ContainerInfo
                {
                    Id = id,
                    Name = name,
                    Spec = spec with { Name = name },
                    Arguments = arguments,
                    Status = ContainerStatus.Created,
                    Created = _time.GetUtcNow(),
                    Warnings = _cgroups.WarningsFor(spec.Limits),
                },
                files)
            {
                Snapshots = _snapshots.Use(rootfs),
                Foreground = RunsInForeground(spec) ? new Foreground(files, spec.OpenStdin, _time) : null,
            };
            Save(container);
            _registry.Add(container);
            Raise(ContainerEventKind.Created, container);
            return container.Info;
        }
        catch
        {
            _registry.Release(name);
            DirectoryTree.Delete(files.Directory);
            throw;
        }
    }

    /// <summary>By full id, unique id prefix or name; null where there is none.</summary>
    public ContainerInfo? Find(string idPrefixOrName) => _registry.Find(idPrefixOrName)?.Info;

    /// <summary>As <see cref="Find"/>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, naming what there is.</exception>
    public ContainerInfo Get(string idPrefixOrName) => Find(idPrefixOrName) ?? throw _registry.Missing(idPrefixOrName);

    /// <summary>The containers, newest first: those that run, or all but ended ephemeral ones.</summary>
    public ImmutableArray<ContainerInfo> List(bool all) =>
    [
        .. _registry.All.Select(container => container.Info)
            .Where(info => info.Status == ContainerStatus.Running || (all && !info.Spec.Ephemeral))
            .OrderByDescending(info => info.Created),
    ];

    /// <summary>The container's writable layer on the host, in overlayfs's form. At rest, and unmounted, once the container has ended.</summary>
    public string UpperDirectory(ContainerId id) => _registry.Get(id).Files.Upper;

    /// <summary>
    /// What the container has written, from the start; with <paramref name="follow"/> until it ends. Empty before the first start.
    /// </summary>
    public IAsyncEnumerable<LogLine> LogsAsync(ContainerId id, bool follow, CancellationToken cancellationToken)
    {
        Container container = _registry.Get(id);
        bool isOver = container.Info.Status == ContainerStatus.Exited;
        return LogFollower.ReadAsync(container.Files.Log, follow && !isOver ? container.Exit.Task : null, _time, cancellationToken);
    }

    /// <summary>Lets go of the running containers, which run on; kills and removes ephemeral ones, for nobody will ask for them again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        for (int place = 0; place < MostDiscards; place++)
        {
            await _discards.WaitAsync(CancellationToken.None);
        }

        _discards.Release(MostDiscards);
        foreach (Container container in _registry.All.Where(container => container.Info.Spec.Ephemeral))
        {
            await RemoveAsync(container.Id, force: true, CancellationToken.None);
        }

        _letGo = true;
        await Task.WhenAll(_registry.All.Where(container => container.Info.Status != ContainerStatus.Running).Select(container => container.Deleting));
        Libc.Unlock(_lock);
        _lock.Dispose();
    }

    /// <summary>
    /// Ephemeral containers end with us, so the runtime may be our child. Not where the runtime removes what we want to read afterwards (who was killed for its memory), and only with crun,
    /// once its filter is known: it is learned from a container that was created and not yet run.
    /// </summary>
    private bool RunsInForeground(ContainerSpec spec) => spec is { Ephemeral: true, Tty: false, Limits.MemoryBytes: null } && _seccomp.Filter is not null;

    private ContainerFiles FilesOf(ContainerId id) => new(Path.Combine(_containers, id.ToString()), id);

    private static ImmutableArray<string> Check(ContainerSpec spec)
    {
        ImmutableArray<string> arguments = SpecBuilder.Arguments(spec);
        if (arguments.IsEmpty || arguments[0].Length == 0)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, "there is no command to run: neither the image nor the caller names one", "Give one after the image's name: slipway run IMAGE COMMAND");
        }

        if (spec.WorkingDirectory is { } directory && !directory.StartsWith('/'))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the working directory '{directory}' is not absolute", "Begin it with a slash.");
        }

        foreach (Mount mount in spec.Mounts)
        {
            if (!mount.Target.StartsWith('/') || mount.Target.TrimEnd('/').Length == 0 || mount.Target.Split('/').Contains(".."))
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"a mount's target '{mount.Target}' is not an absolute path below /", "Write it as SOURCE:/target.");
            }

            if (!Path.Exists(mount.Source))
            {
                throw new SlipwayException(ErrorKind.NotFound, $"the mount's source '{mount.Source}' does not exist", "Make it first: mkdir -p.");
            }
        }

        if (spec.Limits is { MemoryBytes: < 6 * 1024 * 1024 } or { Cpus: <= 0 } or { Pids: < 1 })
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "a limit is too small", "Memory is at least 6 MiB, CPUs more than 0, processes at least 1.");
        }

        if (spec.StopSignal is { } signal)
        {
            SignalName.Parse(signal);
        }

        return arguments;
    }

    /// <summary>Writes the container's record; by rename, so that a reader sees the old or the new one. Ephemeral ones have none.</summary>
    private static void Save(Container container)
    {
        if (container.Info.Spec.Ephemeral || container.IsRemoved)
        {
            return;
        }

        ContainerRecord record = ContainerRecord.Of(container.Info, container.Supervisor?.ProcessId);
        string temporary = container.Files.State + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(record, ContainerRecordJson.Default.ContainerRecord));
        File.Move(temporary, container.Files.State, overwrite: true);
    }

    private void Raise(ContainerEventKind kind, Container container)
    {
        if (!container.Info.Spec.Ephemeral)
        {
            Changed?.Invoke(new ContainerEvent(kind, container.Info));
        }
    }
}
