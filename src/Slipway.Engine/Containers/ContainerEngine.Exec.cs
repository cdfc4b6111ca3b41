using System.Text.Json;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Runs another process in a running container. Its streams are attached before it runs, so nothing of its output is missed.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.FailedPrecondition"/>: the container does not run; <see cref="ErrorKind.NotFound"/>: no such command (127);
    /// <see cref="ErrorKind.PermissionDenied"/>: not executable (126); <see cref="ErrorKind.InvalidArgument"/>: no such user, or no command.
    /// </exception>
    public async ValueTask<ExecSession> ExecAsync(ContainerId id, ExecSpec spec, CancellationToken cancellationToken)
    {
        Container container = _registry.Get(id);
        if (container.Info is not { Status: ContainerStatus.Running, Pid: { } pid })
        {
            throw container.Refuse("is not running", $"Start it with `slipway start {container.Info.Name}`.");
        }

        if (spec.Command.Count == 0)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, "there is no command to run", "Give one after the container's name: slipway exec CONTAINER COMMAND");
        }

        string directory = Path.Combine(container.Files.Execs, Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(Path.Combine(directory, "exit"));
        try
        {
            string file = Path.Combine(directory, "process.json");
            SpecProcess process = SpecBuilder.BuildExec(container.Info.Spec, HostnameOf(container.Info), FindUser(container, pid, spec), spec);
            File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(process, RuntimeSpecJson.Default.SpecProcess));
            SocketStreams streams = new(spec.OpenStdin, size => TerminalControl.Resize(Path.Combine(directory, "ctl"), size));
            Supervisor supervisor = await _conmon.ExecAsync(
                id, directory, file, spec.Tty, spec.OpenStdin, () => streams.Connect(directory), cancellationToken);
            return new ExecSession(streams, supervisor.ContainerPid, EndAsync(supervisor, directory, container.Files));
        }
        catch
        {
            DirectoryTree.Delete(directory);
            throw;
        }
    }

    private static ContainerUser FindUser(Container container, int pid, ExecSpec spec)
    {
        // Not the mount: after a restart of the server that stands in another namespace, but the process sees its root always.
        using RootFiles root = new($"/proc/{pid}/root");
        string user = spec.User ?? container.Info.Spec.User ?? container.Info.Spec.Image.Config.User;
        return UserDatabase.Resolve(user, root.ReadText("/etc/passwd"), root.ReadText("/etc/group"));
    }

    private static async Task<int> EndAsync(Supervisor supervisor, string directory, ContainerFiles files)
    {
        await supervisor.Ended;
        supervisor.ContainerProcess?.Dispose();
        int code = Conmon.ReadExitCode(Path.Combine(directory, "exit", files.Id.ToString())) ?? LostExitCode;
        DirectoryTree.Delete(directory);
        return code;
    }
}
