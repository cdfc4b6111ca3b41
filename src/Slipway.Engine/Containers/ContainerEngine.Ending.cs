using System.Text.Json;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

public sealed partial class ContainerEngine
{
    private const int SignalKill = 9;
    private const string DefaultStopSignal = "TERM";

    /// <summary>Sends a signal to the container's first process.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: it does not run.</exception>
    public ValueTask KillAsync(ContainerId id, int signal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Container container = _registry.Get(id);
        if (container.Info.Status != ContainerStatus.Running || container.Supervisor is not { } supervisor || !supervisor.Signal(signal))
        {
            throw container.Refuse("is not running", $"See `slipway ps -a`; start it with `slipway start {container.Info.Name}`.");
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Asks the container to stop with its stop signal and, when <paramref name="timeout"/> is over, kills it. Returns when it has ended; at once
    /// where it does not run.
    /// </summary>
    public async ValueTask StopAsync(ContainerId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Container container = _registry.Get(id);
        if (container.Info.Status != ContainerStatus.Running)
        {
            return;
        }

        Task<ExitStatus> exit = container.Exit.Task;
        ContainerSpec spec = container.Info.Spec;
        container.Supervisor?.Signal(SignalName.Parse(spec.StopSignal ?? spec.Image.Config.StopSignal ?? DefaultStopSignal));
        try
        {
            await exit.WaitAsync(timeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            container.Supervisor?.Signal(SignalKill);
            await exit.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Removes a container with its writable layer, volumes and log; with <paramref name="force"/> one that runs is killed first.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: it runs.</exception>
    public async ValueTask RemoveAsync(ContainerId id, bool force, CancellationToken cancellationToken)
    {
        Container container = _registry.Get(id);
        if (container.Info.Status == ContainerStatus.Running)
        {
            if (!force)
            {
                throw container.Refuse("is running", $"Stop it first with `slipway stop {container.Info.Name}`, or remove it with `slipway rm -f {container.Info.Name}`.");
            }

            container.Supervisor?.Signal(SignalKill);
            await container.Exit.Task.WaitAsync(cancellationToken);
        }

        await container.Gate.WaitAsync(cancellationToken);
        try
        {
            if (container.IsRemoved)
            {
                return;
            }

            await RemoveHeldAsync(container);
        }
        finally
        {
            container.Gate.Release();
        }

        Raise(ContainerEventKind.Removed, container);
        container.Exit.TrySetResult(new ExitStatus(container.Info.ExitCode ?? 0, container.Info.OomKilled));
    }

    /// <summary>
    /// Removes an ephemeral container, off the way of who asks where it has ended: its processes and mounts are gone by then, and what remains is the runtime's clean-up. What
    /// goes wrong there is left to the next <see cref="OpenAsync"/>.
    /// </summary>
    public async ValueTask DiscardAsync(ContainerId id)
    {
        if (_registry.Get(id).Info.Status == ContainerStatus.Running)
        {
            await RemoveAsync(id, force: true, CancellationToken.None);
            return;
        }

        await _discards.WaitAsync(CancellationToken.None);
        _ = RemoveQuietlyAsync();

        async Task RemoveQuietlyAsync()
        {
            try
            {
                await RemoveAsync(id, force: true, CancellationToken.None);
            }
            catch (Exception fault) when (fault is SlipwayException or IOException or UnauthorizedAccessException)
            {
                // Its directory stays, which no engine that opens it knows.
            }
            finally
            {
                _discards.Release();
            }
        }
    }

    /// <summary>
    /// Kills and removes what a killed server's ephemeral runs have left: directories of containers that nobody knows.
    /// <see cref="OpenAsync"/> has done it already.
    /// </summary>
    public async ValueTask CleanEphemeralAsync(CancellationToken cancellationToken)
    {
        foreach (string directory in Directory.EnumerateDirectories(_containers))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ContainerId.TryParse(Path.GetFileName(directory), out ContainerId id)
                && !_registry.Contains(id) && !File.Exists(FilesOf(id).State))
            {
                await RemoveLeftoverAsync(id, directory);
            }
        }
    }

    private async Task RemoveHeldAsync(Container container)
    {
        await container.Deleting;
        await _runtime.DeleteAsync(container.Id);
        container.IsRemoved = true;
        container.ReleaseWaiting(null);
        container.Snapshots?.Dispose();
        Libc.Unmount(container.Files.Root);
        DirectoryTree.Delete(container.Files.Directory);
        _registry.Remove(container);
    }

    private async Task RemoveLeftoverAsync(ContainerId id, string directory)
    {
        // conmon first: it could still be about to create the container.
        foreach (int process in Supervisor.FindAll(directory).ToList())
        {
            Libc.SendSignal(process, SignalKill);
        }

        await _runtime.DeleteAsync(id);
        Libc.Unmount(FilesOf(id).Root);
        DirectoryTree.Delete(directory);
    }

    /// <summary>Reads the records of an earlier server, takes over what still runs and finishes what ended meanwhile.</summary>
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        foreach (string directory in Directory.EnumerateDirectories(_containers))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ContainerId.TryParse(Path.GetFileName(directory), out ContainerId id) && ReadRecord(FilesOf(id)) is { } record)
            {
                await RecoverAsync(record, FilesOf(id));
            }
        }

        foreach (string probe in Directory.EnumerateDirectories(_options.Directory, "probe-*"))
        {
            DirectoryTree.Delete(probe);
        }

        await CleanEphemeralAsync(cancellationToken);
    }

    private async Task RecoverAsync(ContainerRecord record, ContainerFiles files)
    {
        Container container = new(record.ToInfo(), files);
        container.Snapshots = _snapshots.Use(_snapshots.Locate(container.Info.Spec.Image));
        _registry.Add(container);
        if (record.Status == ContainerStatus.Exited)
        {
            container.Exit.TrySetResult(new ExitStatus(record.ExitCode ?? LostExitCode, record.OomKilled));
            await _runtime.DeleteAsync(container.Id);
            if (record.AutoRemove)
            {
                await RemoveHeldAsync(container);
            }

            return;
        }

        // A server killed between "conmon runs" and "written so" has left a container that the record does not tell of.
        if (record.Status == ContainerStatus.Created)
        {
            foreach (int process in Supervisor.FindAll(files.Directory).ToList())
            {
                Libc.SendSignal(process, SignalKill);
            }

            await _runtime.DeleteAsync(container.Id);
            Libc.Unmount(files.Root);
            return;
        }

        Supervisor? supervisor = record is { SupervisorPid: { } process2, Pid: { } pid } ? Supervisor.Adopt(process2, pid, files.Directory) : null;
        if (supervisor is not null)
        {
            container.Supervisor = supervisor;
            container.Following = FollowAsync(container, supervisor);
            return;
        }

        int? code = Conmon.ReadExitCode(files.ExitFile);
        await _runtime.DeleteAsync(container.Id);
        Libc.Unmount(files.Root);
        container.Info = container.Info with
        {
            Status = ContainerStatus.Exited,
            Pid = null,
            ExitCode = code ?? LostExitCode,
            Finished = code is null ? _time.GetUtcNow() : new DateTimeOffset(File.GetLastWriteTimeUtc(files.ExitFile), TimeSpan.Zero),
            Error = code is null ? "it was lost when the machine or its supervisor (conmon) stopped" : null,
        };
        container.Exit.TrySetResult(new ExitStatus(code ?? LostExitCode, OomKilled: false));
        if (record.AutoRemove)
        {
            await RemoveHeldAsync(container);
        }
        else
        {
            Save(container);
        }
    }

    private static ContainerRecord? ReadRecord(ContainerFiles files)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(files.State), ContainerRecordJson.Default.ContainerRecord);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException fault)
        {
            throw new SlipwayException(
                ErrorKind.Corrupt, $"'{files.State}' cannot be read: {fault.Message}", $"Remove the directory '{files.Directory}' to give the container up.", fault);
        }
    }
}
