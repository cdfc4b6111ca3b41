using System.Runtime.InteropServices;

namespace Slipway.Engine;

/// <summary>
/// The system calls that containers may make: the names in <c>seccomp.txt</c>, and the few that depend on their arguments. Everything else
/// fails with EPERM; clone3 with ENOSYS, so that the C library falls back to clone, whose flags can be looked at.
/// </summary>
internal static class SeccompProfile
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const uint EPERM = 1;
    private const uint ENOSYS = 38;

    /// <summary>CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET: a new namespace of any kind but time.</summary>
    private const ulong NewNamespaces = 0x7E020000;

    private const ulong VirtualSocketFamily = 40;

    private static readonly ulong[] Personalities = [0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF];

    /// <summary>The profile for this machine's processor. Built once; it is the same for every container.</summary>
    public static SpecSeccomp Default { get; } = Build(RuntimeInformation.ProcessArchitecture);

    internal static SpecSeccomp Build(Architecture architecture) => new("SCMP_ACT_ERRNO", EPERM, Architectures(architecture),
    [
        new(ReadNames(), Allow),
        .. Personalities.Select(personality => new SpecSyscalls(["personality"], Allow) { Args = [new(0, personality, "SCMP_CMP_EQ")] }),
        new(["socket"], Allow) { Args = [new(0, VirtualSocketFamily, "SCMP_CMP_NE")] },
        new(["clone"], Allow) { Args = [new(0, NewNamespaces, "SCMP_CMP_MASKED_EQ") { ValueTwo = 0 }] },
        new(["clone3"], "SCMP_ACT_ERRNO") { ErrnoRet = ENOSYS },
    ]);

    private static string[] Architectures(Architecture architecture) => architecture switch
    {
        Architecture.X64 => ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        Architecture.Arm64 => ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        Architecture.RiscV64 => ["SCMP_ARCH_RISCV64"],
        Architecture.S390x => ["SCMP_ARCH_S390X", "SCMP_ARCH_S390"],
        Architecture.Ppc64le => ["SCMP_ARCH_PPC64LE"],
        _ => [],
    };

    private static string[] ReadNames()
    {
        using Stream resource = typeof(SeccompProfile).Assembly.GetManifestResourceStream("Slipway.Engine.seccomp.txt")!;
        using StreamReader reader = new(resource);
        return [.. reader.ReadToEnd().Split('\n').Where(line => !line.StartsWith('#')).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
    }
}
