using System.Collections.Immutable;
using Slipway.Images;

namespace Slipway.Engine;

/// <summary>What a container is to be. Whatever is null is taken from the image's config.</summary>
public sealed record ContainerSpec
{
    /// <summary>The image; only its layers and config are read, so that one which no store knows (a build's intermediate state) serves as well.</summary>
    public required Image Image { get; init; }

    /// <summary>The name by which the user asked for the image, for tables; null shows the image's digest.</summary>
    public string? ImageName { get; init; }

    /// <summary>A unique name; null lets the engine choose one.</summary>
    public string? Name { get; init; }

    /// <summary>The arguments; null is the image's CMD (and none where <see cref="Entrypoint"/> is given).</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The program and its first arguments; null is the image's ENTRYPOINT, empty is none.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary><c>NAME=value</c> in order, over the image's; a bare <c>NAME</c> removes it.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>An absolute path, made where it is absent; null is the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary><c>user[:group]</c> by name (looked up in the image's /etc/passwd and /etc/group) or number; null is the image's.</summary>
    public string? User { get; init; }

    /// <summary>Host paths to show in the container.</summary>
    public IReadOnlyList<Mount> Mounts { get; init; } = [];

    /// <summary>Folders in memory to show in the container.</summary>
    public IReadOnlyList<MemoryFolder> MemoryFolders { get; init; } = [];

    /// <summary>A directory that is stacked on the image's layers, with the places of mounts that the image lacks; null for none. It stays the caller's.</summary>
    public string? TopDirectory { get; init; }

    /// <summary>True: all capabilities, every system call, nothing masked. What runs there can take the machine over.</summary>
    public bool Privileged { get; init; }

    public ResourceLimits Limits { get; init; } = ResourceLimits.None;

    /// <summary>True: the process has a terminal, and its stdout and stderr are one stream.</summary>
    public bool Tty { get; init; }

    /// <summary>True: the process has a stdin that attached clients write; it ends when one of them closes it. False: stdin is empty.</summary>
    public bool OpenStdin { get; init; }

    public NetworkMode Network { get; init; } = NetworkMode.Host;

    /// <summary>Null: the host's own name on its network, else the first twelve digits of the id.</summary>
    public string? Hostname { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>True: removed as soon as it has exited.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>The signal that asks it to stop, by name or number; null is the image's, else TERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>
    /// True for a run that only its caller knows of (a datum, a build's step): its state is not written to the disk, it is not listed once it
    /// has exited, image volumes stay in its writable layer, and one left by a killed server is killed and removed at the next start.
    /// </summary>
    public bool Ephemeral { get; init; }
}
