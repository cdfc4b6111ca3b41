using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>A mount of a RUN with everything decided: where it is seen and what it shows.</summary>
/// <param name="Origin">Where a bind or the first content of a cache comes from; null for none.</param>
/// <param name="Target">Absolute; empty for a secret that is only a variable.</param>
/// <param name="Id">Which cache, secret or agent; empty for other kinds.</param>
public sealed record PlannedMount(RunMount Mount, CopyOrigin? Origin, string Target, string Id)
{
    private const int SecretMode = 0x100; // 0400
    private const int AgentMode = 0x180; // 0600
    private const int FolderMode = 0x1ED; // 0755
    private const int TmpfsMode = 0x3FF; // 1777

    /// <summary>The permission bits of what is mounted, by default those of the Dockerfile reference.</summary>
    public int Mode => Mount.Mode ?? Mount.Kind switch
    {
        RunMountKind.Secret => SecretMode,
        RunMountKind.Ssh => AgentMode,
        RunMountKind.Tmpfs => TmpfsMode,
        _ => FolderMode,
    };
}
