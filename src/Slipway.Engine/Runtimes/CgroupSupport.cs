using System.Collections.Immutable;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>Which limits this machine's cgroups can set, in version 1, version 2 or both side by side.</summary>
internal sealed record CgroupSupport
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Cgroups are mounted at all.</summary>
    public required bool IsAvailable { get; init; }

    /// <summary>Version 2 alone.</summary>
    public required bool IsUnified { get; init; }

    public required bool Memory { get; init; }

    /// <summary>Swap can be counted with the memory.</summary>
    public required bool Swap { get; init; }

    public required bool Cpu { get; init; }

    public required bool Pids { get; init; }

    /// <summary>A sentence for each limit that cannot be set.</summary>
    public ImmutableArray<string> Warnings =>
    [
        .. Memory ? (string[])[] : [Lack("memory", "Memory")],
        .. Cpu ? (string[])[] : [Lack("cpu", "CPU")],
        .. Pids ? (string[])[] : [Lack("pids", "Process")],
    ];

    /// <summary>The warnings that concern <paramref name="limits"/>.</summary>
    public ImmutableArray<string> WarningsFor(ResourceLimits limits) =>
    [
        .. limits.MemoryBytes is null || Memory ? (string[])[] : [Lack("memory", "The memory")],
        .. limits.Cpus is null || Cpu ? (string[])[] : [Lack("cpu", "The CPU")],
        .. limits.Pids is null || Pids ? (string[])[] : [Lack("pids", "The process")],
    ];

    /// <summary>Looks at the machine by making a cgroup and looking for the files of the limits.</summary>
    public static CgroupSupport Probe()
    {
        bool unified = File.Exists($"{Root}/cgroup.controllers");
        return new CgroupSupport
        {
            IsUnified = unified,
            IsAvailable = unified || Directory.Exists($"{Root}/memory") || Directory.Exists($"{Root}/devices"),
            Memory = Has("memory", unified ? "memory.max" : "memory.limit_in_bytes", unified),
            Swap = Has("memory", unified ? "memory.swap.max" : "memory.memsw.limit_in_bytes", unified),
            Cpu = Has("cpu", unified ? "cpu.max" : "cpu.cfs_quota_us", unified),
            Pids = Has("pids", "pids.max", unified),
        };
    }

    /// <summary>How often the kernel has killed in the container's cgroup for its memory limit. Ask before the runtime deletes the cgroup.</summary>
    public bool WasOomKilled(ContainerId id)
    {
        string path = IsUnified ? $"{Root}/slipway/{id}/memory.events" : $"{Root}/memory/slipway/{id}/memory.oom_control";
        try
        {
            return File.ReadLines(path).Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Has(string controller, string file, bool unified)
    {
        if (unified && !File.ReadAllText($"{Root}/cgroup.controllers").Split([' ', '\n']).Contains(controller))
        {
            return false;
        }

        // In version 2 the runtime enables the controller for the directory; its being listed is the answer (swap: as memory's own file says).
        if (unified)
        {
            return file != "memory.swap.max" || File.Exists("/proc/swaps");
        }

        string directory = $"{Root}/{controller}/slipway";
        try
        {
            Directory.CreateDirectory(directory);
            return File.Exists($"{directory}/{file}") && !Libc.Status($"{directory}/{file}").IsDirectory;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Lack(string controller, string subject) =>
        $"{subject} limit{(subject.StartsWith("The", StringComparison.Ordinal) ? " is not" : "s cannot be")} set: this machine has no usable '{controller}' cgroup controller.";
}
