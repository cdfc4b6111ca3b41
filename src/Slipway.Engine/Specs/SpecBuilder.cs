using System.Collections.Immutable;

namespace Slipway.Engine;

/// <summary>What a container's runtime spec depends on besides its <see cref="ContainerSpec"/>: found out on the machine, then decided on purely.</summary>
internal sealed record SpecFacts
{
    public required ContainerId Id { get; init; }

    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>The merged root file system on the host.</summary>
    public required string RootPath { get; init; }

    public required ContainerUser User { get; init; }

    public required string Hostname { get; init; }

    /// <summary>Files made for this container: /etc/hosts and its kin, volumes of the image.</summary>
    public required IReadOnlyList<Mount> OwnMounts { get; init; }

    public required CgroupSupport Cgroups { get; init; }

    public TerminalExtent? Terminal { get; init; }

    /// <summary>What a privileged container gets; see <see cref="CapabilitySet"/>.</summary>
    public ImmutableArray<string> AllCapabilities { get; init; } = [];

    /// <summary>The profile as crun has compiled it for an earlier container; see <see cref="CompiledSeccomp"/>.</summary>
    public string? CompiledSeccomp { get; init; }
}

/// <summary>A terminal's size in characters.</summary>
internal readonly record struct TerminalExtent(int Rows, int Columns);

/// <summary>
/// Says in OCI's terms what a container is: Docker's default capabilities, system calls, masked and read-only paths and file systems, with the
/// image's and the user's wishes on top. Pure.
/// </summary>
internal static class SpecBuilder
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const ulong CpuPeriod = 100_000;

    private static readonly string[] Capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    private static readonly string[] MaskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    private static readonly SpecMount[] SystemMounts =
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        new("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        new("/sys/fs/cgroup", "cgroup", "cgroup", ["ro", "nosuid", "noexec", "nodev"]),
        new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        new("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"]),
    ];

    /// <summary>The whole spec of a container's first process and its surroundings.</summary>
    public static RuntimeSpec Build(ContainerSpec spec, SpecFacts facts) => new()
    {
        Hostname = facts.Hostname,
        Root = new(facts.RootPath, Readonly: false),
        Process = new()
        {
            Terminal = spec.Tty,
            ConsoleSize = spec.Tty && facts.Terminal is { } size ? new(size.Rows, size.Columns) : null,
            User = ToSpec(facts.User),
            Args = facts.Arguments,
            Env = Environment(spec, facts.Hostname, facts.User),
            Cwd = WorkingDirectory(spec),
            Capabilities = spec.Privileged ? new(facts.AllCapabilities, facts.AllCapabilities, facts.AllCapabilities) : CapabilitiesOf(facts.User),
        },
        Mounts = Mounts(spec, facts),
        Annotations = facts.CompiledSeccomp is { } compiled && !spec.Privileged ? new Dictionary<string, string> { [CompiledSeccomp.Annotation] = compiled } : null,
        Linux = new()
        {
            CgroupsPath = $"/slipway/{facts.Id}",
            Resources = Resources(spec, facts.Cgroups),
            Namespaces = Namespaces(spec.Network, facts.Cgroups),
            Seccomp = spec.Privileged ? null : SeccompProfile.Default,
            MaskedPaths = spec.Privileged ? [] : MaskedPaths,
            ReadonlyPaths = spec.Privileged ? [] : ReadonlyPaths,
        },
    };

    /// <summary>The process of an exec in a container whose first process is <paramref name="container"/>'s.</summary>
    public static SpecProcess BuildExec(ContainerSpec container, string hostname, ContainerUser user, ExecSpec exec) => new()
    {
        Terminal = exec.Tty,
        User = ToSpec(user),
        Args = exec.Command,
        Env = EnvironmentList.Merge(Environment(container with { Tty = exec.Tty }, hostname, user), exec.Environment),
        Cwd = exec.WorkingDirectory ?? WorkingDirectory(container),
        Capabilities = CapabilitiesOf(user),
    };

    /// <summary>What the container runs: the entrypoint and its arguments, each the user's or the image's. Empty where neither says anything.</summary>
    public static ImmutableArray<string> Arguments(ContainerSpec spec)
    {
        IReadOnlyList<string> entrypoint = spec.Entrypoint ?? spec.Image.Config.Entrypoint ?? [];
        IReadOnlyList<string> command = spec.Command ?? (spec.Entrypoint is null ? spec.Image.Config.Cmd ?? [] : []);
        return [.. entrypoint, .. command];
    }

    /// <summary>An absolute path.</summary>
    public static string WorkingDirectory(ContainerSpec spec)
    {
        string directory = spec.WorkingDirectory ?? spec.Image.Config.WorkingDir;
        return directory.StartsWith('/') ? directory : "/" + directory;
    }

    private static IReadOnlyList<string> Environment(ContainerSpec spec, string hostname, ContainerUser user)
    {
        IReadOnlyList<string> defaults = spec.Tty ? [DefaultPath, $"HOSTNAME={hostname}", "TERM=xterm"] : [DefaultPath, $"HOSTNAME={hostname}"];
        IReadOnlyList<string> merged = EnvironmentList.Merge(EnvironmentList.Merge(defaults, spec.Image.Config.Env), spec.Environment);
        return merged.Any(entry => entry.StartsWith("HOME=", StringComparison.Ordinal)) ? merged : [.. merged, $"HOME={user.Home}"];
    }

    private static SpecUser ToSpec(ContainerUser user) => new(user.Uid, user.Gid, user.AdditionalGids);

    /// <summary>Root has Docker's default set; anybody else may only gain them by a set-id or capable program.</summary>
    private static SpecCapabilities CapabilitiesOf(ContainerUser user) => user.Uid == 0
        ? new(Capabilities, Capabilities, Capabilities)
        : new(Capabilities, [], []);

    private static List<SpecMount> Mounts(ContainerSpec spec, SpecFacts facts)
    {
        List<SpecMount> mounts = [.. SystemMounts.Where(mount => facts.Cgroups.IsAvailable || mount.Type != "cgroup")];
        HashSet<string> users = [.. spec.Mounts.Select(mount => Normalize(mount.Target)), .. spec.MemoryFolders.Select(folder => Normalize(folder.Target))];
        mounts.RemoveAll(mount => users.Contains(mount.Destination));
        IEnumerable<Mount> own = facts.OwnMounts.Where(mount => !users.Contains(Normalize(mount.Target)));

        // Parents before what is mounted below them, whatever order they were given in.
        mounts.AddRange(own.Concat(spec.Mounts).Select(Bind).Concat(spec.MemoryFolders.Select(InMemory)).OrderBy(mount => mount.Destination.Count(c => c == '/')));
        return spec.Privileged ? [.. mounts.Select(Writable)] : mounts;
    }

    private static SpecMount Bind(Mount mount) => new(
        Normalize(mount.Target), "bind", mount.Source, mount.ReadOnly ? ["rbind", "rprivate", "ro", "rro"] : ["rbind", "rprivate"]);

    private static SpecMount InMemory(MemoryFolder folder)
    {
        string mode = "mode=" + Convert.ToString(folder.Mode, 8);
        return new(Normalize(folder.Target), "tmpfs", "tmpfs", folder.Size is { } size ? ["nosuid", "nodev", mode, $"size={size}"] : ["nosuid", "nodev", mode]);
    }

    // A privileged container may write to the kernel's own file systems.
    private static SpecMount Writable(SpecMount mount) =>
        mount.Type is "sysfs" or "cgroup" ? mount with { Options = [.. mount.Options.Where(option => option != "ro")] } : mount;

    private static string Normalize(string target) => target.Length > 1 ? target.TrimEnd('/') : target;

    private static SpecResources Resources(ContainerSpec spec, CgroupSupport cgroups) => Resources(spec.Limits, cgroups) with { Devices = [new(Allow: spec.Privileged, "rwm")] };

    private static SpecResources Resources(ResourceLimits limits, CgroupSupport cgroups) => new()
    {
        Devices = [new(Allow: false, "rwm")],
        Memory = limits.MemoryBytes is { } bytes && cgroups.Memory ? new(bytes, cgroups.Swap ? bytes : null) : null,
        Cpu = limits.Cpus is { } cpus && cgroups.Cpu ? new((long)Math.Max(1000, cpus * CpuPeriod), CpuPeriod) : null,
        Pids = limits.Pids is { } pids && cgroups.Pids ? new(pids) : null,
    };

    private static List<SpecNamespace> Namespaces(NetworkMode network, CgroupSupport cgroups)
    {
        List<SpecNamespace> namespaces = [new("mount"), new("pid"), new("uts"), new("ipc")];
        if (network == NetworkMode.None)
        {
            namespaces.Add(new("network"));
        }

        if (cgroups.IsUnified)
        {
            namespaces.Add(new("cgroup"));
        }

        return namespaces;
    }
}
