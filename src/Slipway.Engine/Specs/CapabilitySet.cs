using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Engine;

/// <summary>The kernel's capabilities by name, and those that this process may hand on.</summary>
internal static class CapabilitySet
{
    private const string BoundingField = "CapBnd:";

    // In the order of their numbers, include/uapi/linux/capability.h.
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
        "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
        "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE",
        "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>All that the kernel lets this process give: the field of proc(5)'s status file.</summary>
    /// <param name="status">That file's lines.</param>
    public static ImmutableArray<string> Read(IEnumerable<string> status)
    {
        string? line = status.FirstOrDefault(text => text.StartsWith(BoundingField, StringComparison.Ordinal));
        ulong bits = line is not null && ulong.TryParse(line.AsSpan(BoundingField.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong read) ? read : 0;
        return [.. Names.Where((_, number) => (bits >> number & 1) != 0).Select(name => "CAP_" + name)];
    }
}
