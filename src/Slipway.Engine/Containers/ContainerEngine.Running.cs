using System.Text.Json;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

public sealed partial class ContainerEngine
{
    private const int LostExitCode = 255;

    /// <summary>
    /// Joins the container's streams. Before the start nothing is missed: the connection is made when the container starts, and reads wait for it.
    /// </summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: it has ended.</exception>
    public async ValueTask<ContainerStreams> AttachAsync(ContainerId id, CancellationToken cancellationToken)
    {
        Container container = _registry.Get(id);
        await container.Gate.WaitAsync(cancellationToken);
        try
        {
            if (container.Foreground is { } foreground)
            {
                return foreground.Attach();
            }

            SocketStreams streams = new(container.Info.Spec.OpenStdin, size => Resize(container, size));
            switch (container.Info.Status)
            {
                case ContainerStatus.Running:
                    streams.Connect(container.Files.Directory);
                    break;
                default:
                    container.AddWaiting(streams);
                    break;
            }

            return streams;
        }
        finally
        {
            container.Gate.Release();
        }
    }

    /// <summary>Starts a container that was created or has ended. One that runs is left alone.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.NotFound"/>: the command is not in the image (a shell's 127); <see cref="ErrorKind.PermissionDenied"/>: it is not
    /// executable (126); <see cref="ErrorKind.InvalidArgument"/>: the image has no such user; else the runtime's reason (125). Of an ephemeral container the first two and the
    /// last may come from <see cref="WaitAsync"/> instead.
    /// </exception>
    public async ValueTask StartAsync(ContainerId id, CancellationToken cancellationToken)
    {
        Container container = _registry.Get(id);
        await container.Gate.WaitAsync(cancellationToken);
        try
        {
            if (container.Info.Status == ContainerStatus.Running)
            {
                return;
            }

            await container.Deleting;
            if (container.Info.Status == ContainerStatus.Exited)
            {
                container.Exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
                container.Foreground = null;
            }

            await StartHeldAsync(container, cancellationToken);
        }
        finally
        {
            container.Gate.Release();
        }

        Raise(ContainerEventKind.Started, container);
    }

    /// <summary>
    /// How the container's first process ended; waits for the next end of one that was not started yet. The answer comes when the writable
    /// layer is at rest and, of one that removes itself, after the removal.
    /// </summary>
    public async ValueTask<ExitStatus> WaitAsync(ContainerId id, CancellationToken cancellationToken) =>
        await _registry.Get(id).Exit.Task.WaitAsync(cancellationToken);

    private async Task StartHeldAsync(Container container, CancellationToken cancellationToken)
    {
        ContainerFiles files = container.Files;
        try
        {
            await PrepareBundleAsync(container, cancellationToken);
            File.Delete(files.ExitFile);
            Supervisor supervisor = container.Foreground?.Start(_runtime, container.Id)
                ?? await _conmon.CreateAsync(container.Id, files, container.Info.Spec.Tty, container.Info.Spec.OpenStdin, cancellationToken);
            container.Supervisor = supervisor;
            if (container.Foreground is null)
            {
                _seccomp.Learn(_runtime.StateOf(container.Id));
                container.ReleaseWaiting(files.Directory);
            }

            container.Info = container.Info with
            {
                Status = ContainerStatus.Running,
                Pid = supervisor.ContainerPid > 0 ? supervisor.ContainerPid : null,
                Started = _time.GetUtcNow(),
                Finished = null,
                ExitCode = null,
                OomKilled = false,
                Error = null,
            };
            Save(container);
            if (container.Foreground is null)
            {
                await _runtime.StartAsync(container.Id, cancellationToken);
            }
        }
        catch (Exception fault)
        {
            await UndoStartAsync(container, fault);
            throw;
        }

        container.Following = FollowAsync(container, container.Supervisor);
    }

    private async Task PrepareBundleAsync(Container container, CancellationToken cancellationToken)
    {
        ContainerSpec spec = container.Info.Spec;
        ContainerFiles files = container.Files;
        Rootfs rootfs = await _snapshots.PrepareAsync(spec.Image, cancellationToken);
        DirectoryTree.Delete(files.Work);
        Directory.CreateDirectory(files.Work);
        bool isVolatile = spec.Ephemeral || spec.AutoRemove;
        string[] lower = spec.TopDirectory is { } top ? [top, _mountPoints, .. rootfs.LowerDirectories] : [_mountPoints, .. rootfs.LowerDirectories];
        container.Root = OverlayMount.Mount(lower, files.Upper, files.Work, files.Root, isVolatile);

        string hostname = HostnameOf(container.Info);
        using RootFiles root = new(files.Root);
        ContainerUser user = UserDatabase.Resolve(spec.User ?? spec.Image.Config.User, root.ReadText("/etc/passwd"), root.ReadText("/etc/group"));
        RootPreparation.MakeWorkingDirectory(root, spec);
        List<Mount> mounts = RootPreparation.MakeNameFiles(files, hostname, spec.Network);
        if (!spec.Ephemeral)
        {
            mounts.AddRange(RootPreparation.MakeVolumes(files, spec, root));
        }

        RuntimeSpec runtimeSpec = SpecBuilder.Build(spec, new SpecFacts
        {
            Id = container.Id,
            Arguments = container.Info.Arguments,
            RootPath = files.Root,
            User = user,
            Hostname = hostname,
            OwnMounts = mounts,
            Cgroups = _cgroups,
            Terminal = container.Terminal,
            AllCapabilities = spec.Privileged ? CapabilitySet.Read(File.ReadLines("/proc/self/status")) : [],
            CompiledSeccomp = _seccomp.Filter,
        });
        File.WriteAllBytes(files.Spec, JsonSerializer.SerializeToUtf8Bytes(runtimeSpec, RuntimeSpecJson.Default.RuntimeSpec));
    }

    private async Task UndoStartAsync(Container container, Exception fault)
    {
        Supervisor? supervisor = container.Supervisor;
        await _runtime.DeleteAsync(container.Id);
        if (supervisor is not null)
        {
            await supervisor.Ended;
        }

        container.Supervisor = null;
        container.ReleaseWaiting(null);
        await UnmountAsync(container);
        container.Info = container.Info with { Status = ContainerStatus.Created, Pid = null, Started = null, Error = fault.Message };
        Save(container);
    }

    /// <summary>Waits for the end, puts everything at rest and tells who waits. Whatever goes wrong, who waits gets an answer.</summary>
    private async Task FollowAsync(Container container, Supervisor supervisor)
    {
        await supervisor.Ended;
        if (_letGo)
        {
            return; // Whoever opens the directory next puts the container in order.
        }

        await container.Gate.WaitAsync();
        int? code = container.Foreground is { } foreground ? foreground.ExitCode : Conmon.ReadExitCode(container.Files.ExitFile);
        bool oomKilled = container.Info.Spec.Limits.MemoryBytes is not null && _cgroups.WasOomKilled(container.Id);
        container.Info = container.Info with
        {
            Status = ContainerStatus.Exited,
            Pid = null,
            ExitCode = code ?? LostExitCode,
            OomKilled = oomKilled,
            Finished = _time.GetUtcNow(),
            Error = code is null ? "its supervisor (conmon) was killed, so its exit code is not known" : null,
        };
        try
        {
            await FinishHeldAsync(container, supervisor, isLost: code is null);
        }
        catch (Exception fault)
        {
            container.Info = container.Info with { Error = $"it ended, but could not be put in order: {fault.Message}" };
        }
        finally
        {
            container.Gate.Release();
        }

        Raise(ContainerEventKind.Exited, container);
        if (container.IsRemoved)
        {
            Raise(ContainerEventKind.Removed, container);
        }

        if (code is not (null or 0) && container.Foreground?.ReadFailure() is { } failure)
        {
            container.Exit.TrySetException(RuntimeFailure.Translate(failure, $"container {container.Id.Short} cannot be started"));
            _ = container.Exit.Task.Exception; // Seen, even where nobody waits.
        }
        else
        {
            container.Exit.TrySetResult(new ExitStatus(code ?? LostExitCode, oomKilled));
        }
    }

    private async Task FinishHeldAsync(Container container, Supervisor supervisor, bool isLost)
    {
        container.Supervisor = null;
        supervisor.ContainerProcess?.Dispose();
        if (isLost)
        {
            // conmon was killed: what it looked after must not go on unseen.
            await _runtime.DeleteAsync(container.Id);
        }

        container.ReleaseWaiting(null);
        await UnmountAsync(container);
        container.Deleting = DeleteQuietlyAsync(container);
        if (container.Info.Spec.AutoRemove)
        {
            await RemoveHeldAsync(container);
        }
        else
        {
            Save(container);
        }
    }

    /// <summary>The runtime's clean-up, off the way of who waits for the exit code; a failure shows when the container is removed.</summary>
    private async Task DeleteQuietlyAsync(Container container)
    {
        try
        {
            await _runtime.DeleteAsync(container.Id);
        }
        catch (Exception fault)
        {
            container.Info = container.Info with { Error = fault.Message };
        }
    }

    private static async Task UnmountAsync(Container container)
    {
        if (container.Root is { } root)
        {
            container.Root = null;
            await root.DisposeAsync();
        }
    }

    private static void Resize(Container container, TerminalExtent size)
    {
        container.Terminal = size;
        if (container.Info is { Status: ContainerStatus.Running, Spec.Tty: true })
        {
            TerminalControl.Resize(container.Files.Control, size);
        }
    }

    private static string HostnameOf(ContainerInfo info) =>
        info.Spec.Hostname ?? (info.Spec.Network == NetworkMode.Host ? File.ReadAllText("/proc/sys/kernel/hostname").Trim() : info.Id.Short);
}
