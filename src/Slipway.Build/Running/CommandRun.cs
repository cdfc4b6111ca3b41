using System.Globalization;
using System.Text;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Build.Running;

/// <summary>Runs a RUN in an ephemeral container and makes what it changed a layer.</summary>
internal sealed class CommandRun(SnapshotStore snapshots, ContainerEngine engine, BuildScratch scratch)
{
    /// <summary>The same on every machine, because a command may write it into a file.</summary>
    private const string Hostname = "slipway-build";

    private static readonly UnixFileMode ScriptMode = (UnixFileMode)0x1ED;

    /// <param name="keep">Where given, told what the command had changed when it failed.</param>
    /// <param name="output">Told each piece of output and whether it came on stderr.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: the command failed; the message has its exit code and last lines.</exception>
    public async ValueTask<Layer> CommitAsync(LayerStack parent, RunStep step, RunMounts mounts, Action<string, bool> output, DateTimeOffset clamp, Action<Layer>? keep, CancellationToken cancellationToken)
    {
        Mount[] scripts = step.Script is { } script ? [WriteScript(script)] : [];
        ContainerSpec spec = new()
        {
            Image = parent.AsImage(),
            Entrypoint = [],
            Command = step.Arguments,
            Environment = [.. step.Environment, .. step.ProxyEnvironment, .. mounts.Environment],
            WorkingDirectory = step.WorkingDirectory,
            User = step.User.Length > 0 ? step.User : "0",
            Network = step.HasNetwork ? NetworkMode.Host : NetworkMode.None,
            Hostname = Hostname,
            Mounts = [.. scripts, .. mounts.Mounts],
            MemoryFolders = mounts.Memory,
            TopDirectory = mounts.TopDirectory,
            Privileged = step.IsInsecure,
            Ephemeral = true,
        };
        ContainerInfo container = await engine.CreateAsync(spec, cancellationToken);
        try
        {
            await RunAsync(container.Id, output, cancellationToken);

            // The engine mounts over a layer of its own, so that no mount point of the runtime is in the writable one.
            return await snapshots.CommitAsync(parent.ChainId, engine.UpperDirectory(container.Id), clamp, cancellationToken);
        }
        catch (SlipwayException fault) when (keep is not null && fault.Kind == ErrorKind.FailedPrecondition)
        {
            keep(await snapshots.CommitAsync(parent.ChainId, engine.UpperDirectory(container.Id), clamp, cancellationToken));
            throw;
        }
        finally
        {
            await engine.DiscardAsync(container.Id);
        }
    }

    private async ValueTask RunAsync(ContainerId id, Action<string, bool> output, CancellationToken cancellationToken)
    {
        OutputTail tail = new();
        await using ContainerStreams streams = await engine.AttachAsync(id, cancellationToken);
        ExitStatus exit;
        try
        {
            await engine.StartAsync(id, cancellationToken);
            await ReadAsync(streams, tail, output, cancellationToken);
            exit = await engine.WaitAsync(id, cancellationToken);
        }
        catch (SlipwayException fault) when (fault.Kind is ErrorKind.NotFound or ErrorKind.PermissionDenied)
        {
            throw new SlipwayException(ErrorKind.FailedPrecondition, $"the command cannot be run (exit code {(fault.Kind == ErrorKind.NotFound ? 127 : 126)}): {fault.Message}", fault.Hint, fault);
        }

        if (exit.Code != 0)
        {
            throw Failure(exit, tail);
        }
    }

    private static async ValueTask ReadAsync(ContainerStreams streams, OutputTail tail, Action<string, bool> output, CancellationToken cancellationToken)
    {
        LinePieces stdout = new(), stderr = new();
        while (await streams.ReadAsync(cancellationToken) is { } chunk)
        {
            bool isError = chunk.Stream == StreamKind.Stderr;
            Tell((isError ? stderr : stdout).Take(chunk.Content.Span), isError);
        }

        Tell(stdout.Finish(), isError: false);
        Tell(stderr.Finish(), isError: true);

        void Tell(string text, bool isError)
        {
            if (text.Length > 0)
            {
                tail.Add(text);
                output(text, isError);
            }
        }
    }

    private static SlipwayException Failure(ExitStatus exit, OutputTail tail)
    {
        IReadOnlyList<string> lines = tail.Take();
        string said = lines.Count == 0 ? "it wrote nothing" : "the last of its output:\n" + string.Join('\n', lines.Select(line => "    " + line));
        string memory = exit.OomKilled ? " (the kernel killed it for its memory)" : "";
        return new(ErrorKind.FailedPrecondition, string.Create(CultureInfo.InvariantCulture, $"the command ended with exit code {exit.Code}{memory}; {said}"));
    }

    private Mount WriteScript(ScriptFile script)
    {
        string path = Path.Combine(scratch.NewFolder("script"), "script");
        File.WriteAllText(path, script.Content);
        File.SetUnixFileMode(path, ScriptMode);
        return new(path, script.Path, ReadOnly: true);
    }
}
