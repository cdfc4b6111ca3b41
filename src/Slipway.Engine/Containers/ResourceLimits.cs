namespace Slipway.Engine;

/// <summary>What a container may use at most; null is unlimited. A limit that this machine's cgroups cannot set is warned of, not refused.</summary>
/// <param name="MemoryBytes">Memory and swap together, in bytes; beyond it the kernel kills the container.</param>
/// <param name="Cpus">Processor time as a number of cores: 0.5 is half of one.</param>
/// <param name="Pids">Processes and threads.</param>
public sealed record ResourceLimits(long? MemoryBytes = null, double? Cpus = null, long? Pids = null)
{
    /// <summary>No limit at all.</summary>
    public static ResourceLimits None { get; } = new();
}
