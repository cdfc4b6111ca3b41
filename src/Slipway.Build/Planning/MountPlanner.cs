using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>Decides where a RUN's mounts stand and what they show, by the defaults of the Dockerfile reference.</summary>
internal static class MountPlanner
{
    private const string SecretFolder = "/run/secrets/";
    private const string AgentSocket = "/run/buildkit/ssh_agent.";

    /// <param name="agents">How many agents the RUN mounts before this one.</param>
    public static PlannedMount Plan(RunMount mount, CopyOrigin? origin, string workingDirectory, int agents)
    {
        string id = mount.Id ?? mount.Kind switch
        {
            RunMountKind.Secret => ImagePath.NameOf(mount.Target ?? mount.Variable ?? ""),
            RunMountKind.Ssh => "default",
            RunMountKind.Cache => ImagePath.Clean(ImagePath.Resolve(workingDirectory, mount.Target!)),
            _ => "",
        };
        string? target = mount.Target ?? mount.Kind switch
        {
            RunMountKind.Secret => mount.Variable is null ? SecretFolder + id : null,
            RunMountKind.Ssh => AgentSocket + agents.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => null,
        };
        string absolute = target is null ? "" : ImagePath.Clean(ImagePath.Resolve(workingDirectory, target));
        return absolute == "/"
            ? throw new DockerfileSyntaxException("RUN --mount cannot be over the whole file system", "give a target below /")
            : new(mount, origin, absolute, id);
    }
}
