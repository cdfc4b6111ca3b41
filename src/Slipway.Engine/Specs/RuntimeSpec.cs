using System.Text.Json.Serialization;

namespace Slipway.Engine;

/// <summary>The parts of OCI's runtime specification (config.md, config-linux.md, version 1.0.2) that this engine says. Names are the specification's.</summary>
internal sealed record RuntimeSpec
{
    public string OciVersion { get; init; } = "1.0.2";

    public required SpecProcess Process { get; init; }

    public required SpecRoot Root { get; init; }

    public required string Hostname { get; init; }

    public required IReadOnlyList<SpecMount> Mounts { get; init; }

    public required SpecLinux Linux { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

internal sealed record SpecRoot(string Path, bool Readonly);

internal sealed record SpecProcess
{
    public required bool Terminal { get; init; }

    public SpecConsoleSize? ConsoleSize { get; init; }

    public required SpecUser User { get; init; }

    public required IReadOnlyList<string> Args { get; init; }

    public required IReadOnlyList<string> Env { get; init; }

    public required string Cwd { get; init; }

    public required SpecCapabilities Capabilities { get; init; }

    public int OomScoreAdj { get; init; }
}

internal sealed record SpecConsoleSize(int Height, int Width);

internal sealed record SpecUser(uint Uid, uint Gid, IReadOnlyList<uint> AdditionalGids)
{
    /// <summary>0022 (octal), as Docker's, whatever the server's own is.</summary>
    public uint Umask { get; init; } = 0x12;
}

internal sealed record SpecCapabilities(IReadOnlyList<string> Bounding, IReadOnlyList<string> Effective, IReadOnlyList<string> Permitted);

internal sealed record SpecMount(string Destination, string Type, string Source, IReadOnlyList<string> Options);

internal sealed record SpecLinux
{
    public required SpecResources Resources { get; init; }

    public required string CgroupsPath { get; init; }

    public required IReadOnlyList<SpecNamespace> Namespaces { get; init; }

    public SpecSeccomp? Seccomp { get; init; }

    public required IReadOnlyList<string> MaskedPaths { get; init; }

    public required IReadOnlyList<string> ReadonlyPaths { get; init; }
}

internal sealed record SpecNamespace(string Type);

internal sealed record SpecResources
{
    public required IReadOnlyList<SpecDeviceRule> Devices { get; init; }

    public SpecMemory? Memory { get; init; }

    public SpecCpu? Cpu { get; init; }

    public SpecPids? Pids { get; init; }
}

internal sealed record SpecDeviceRule(bool Allow, string Access);

internal sealed record SpecMemory(long Limit, long? Swap);

internal sealed record SpecCpu(long Quota, ulong Period);

internal sealed record SpecPids(long Limit);

internal sealed record SpecSeccomp(
    string DefaultAction, uint DefaultErrnoRet, IReadOnlyList<string> Architectures, IReadOnlyList<SpecSyscalls> Syscalls);

internal sealed record SpecSyscalls(IReadOnlyList<string> Names, string Action)
{
    public uint? ErrnoRet { get; init; }

    public IReadOnlyList<SpecSyscallArgument>? Args { get; init; }
}

internal sealed record SpecSyscallArgument(uint Index, ulong Value, string Op)
{
    public ulong? ValueTwo { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuntimeSpec))]
[JsonSerializable(typeof(SpecProcess))]
internal sealed partial class RuntimeSpecJson : JsonSerializerContext;
