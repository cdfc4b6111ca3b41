using Slipway.Content;

namespace Slipway.Engine;

/// <summary>A runtime of OCI's command line (runc, crun) with the directory where it keeps its containers' state.</summary>
internal sealed class OciRuntime(string path, string version, string stateDirectory)
{
    public string Path => path;

    /// <summary>Name and version, for people: <c>crun 1.8.1</c>.</summary>
    public string Version => version;

    /// <summary>Options that stand before the runtime's verb.</summary>
    public IReadOnlyList<string> GlobalArguments { get; } = ["--root", stateDirectory];

    /// <summary>Where the runtime keeps what it knows of a container.</summary>
    public string StateOf(ContainerId id) => System.IO.Path.Combine(stateDirectory, id.ToString());

    /// <summary>Lets a created container's first process run.</summary>
    public async Task StartAsync(ContainerId id, CancellationToken cancellationToken)
    {
        ProgramRun run = await RunAsync(["start", id.ToString()], cancellationToken);
        if (run.ExitCode != 0)
        {
            throw RuntimeFailure.Translate(run.Error, $"container {id.Short} cannot be started");
        }
    }

    /// <summary>Kills what is left of a container and forgets it, its cgroups included. One that the runtime does not know is no error.</summary>
    public async Task DeleteAsync(ContainerId id)
    {
        if (!Directory.Exists(StateOf(id)))
        {
            return;
        }

        ProgramRun run = await RunAsync(["delete", "--force", id.ToString()], CancellationToken.None);
        if (run.ExitCode != 0 && Directory.Exists(StateOf(id)))
        {
            throw new SlipwayException(
                ErrorKind.Internal, $"{version} cannot delete container {id.Short}: {RuntimeFailure.LastLine(run.Error)}", "Remove it again with `slipway rm -f`.");
        }
    }

    private Task<ProgramRun> RunAsync(string[] arguments, CancellationToken cancellationToken) =>
        ProgramRun.RunAsync(path, [.. GlobalArguments, .. arguments], cancellationToken);
}
