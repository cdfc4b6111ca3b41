using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Engine.Tests.Specs;

public sealed class SpecBuilderTests
{
    private static readonly ImageConfig Config = new() { Entrypoint = ["/entry"], Cmd = ["a", "b"], Env = ["PATH=/image", "X=1"], WorkingDir = "work" };

    [Fact]
    public void The_image_says_what_runs_where_nobody_else_does() => Assert.Equal(["/entry", "a", "b"], SpecBuilder.Arguments(Spec()).AsEnumerable());

    [Fact]
    public void A_command_replaces_the_images_arguments() => Assert.Equal(["/entry", "c"], SpecBuilder.Arguments(Spec() with { Command = ["c"] }).AsEnumerable());

    [Fact]
    public void An_entrypoint_drops_the_images_arguments() => Assert.Equal(["sh"], SpecBuilder.Arguments(Spec() with { Entrypoint = ["sh"] }).AsEnumerable());

    [Fact]
    public void An_empty_entrypoint_is_none() => Assert.Equal(["c"], SpecBuilder.Arguments(Spec() with { Entrypoint = [], Command = ["c"] }).AsEnumerable());

    [Fact]
    public void The_environment_is_defaults_then_the_images_then_the_callers()
    {
        IReadOnlyList<string> environment = Build(Spec() with { Environment = ["X=2", "Y=3"] }).Process.Env;
        Assert.Equal(["PATH=/image", "HOSTNAME=box", "X=2", "Y=3", "HOME=/root"], environment);
    }

    [Fact]
    public void A_terminal_has_a_type_and_a_size()
    {
        SpecProcess process = Build(Spec() with { Tty = true }, facts => facts with { Terminal = new TerminalExtent(24, 80) }).Process;
        Assert.Contains("TERM=xterm", process.Env);
        Assert.Equal(new SpecConsoleSize(24, 80), process.ConsoleSize);
        Assert.True(process.Terminal);
    }

    [Fact]
    public void Root_has_dockers_capabilities_and_others_may_only_gain_them()
    {
        SpecCapabilities root = Build(Spec()).Process.Capabilities;
        Assert.Equal(14, root.Effective.Count);
        Assert.DoesNotContain("CAP_SYS_ADMIN", root.Bounding);
        SpecCapabilities other = Build(Spec(), facts => facts with { User = new ContainerUser(5, 5, [], "/") }).Process.Capabilities;
        Assert.Equal(root.Bounding, other.Bounding);
        Assert.Empty(other.Effective);
        Assert.Empty(other.Permitted);
    }

    [Fact]
    public void The_working_directory_is_absolute() => Assert.Equal("/work", Build(Spec()).Process.Cwd);

    [Fact]
    public void Limits_are_set_where_the_machine_can()
    {
        ResourceLimits limits = new(MemoryBytes: 1 << 30, Cpus: 1.5, Pids: 10);
        SpecResources resources = Build(Spec() with { Limits = limits }).Linux.Resources;
        Assert.Equal(new SpecMemory(1 << 30, 1 << 30), resources.Memory);
        Assert.Equal(new SpecCpu(150_000, 100_000), resources.Cpu);
        Assert.Equal(new SpecPids(10), resources.Pids);

        CgroupSupport none = Cgroups with { Memory = false, Cpu = false, Pids = false };
        SpecResources bare = Build(Spec() with { Limits = limits }, facts => facts with { Cgroups = none }).Linux.Resources;
        Assert.Null(bare.Memory);
        Assert.Null(bare.Cpu);
        Assert.Null(bare.Pids);
        Assert.Equal(3, none.WarningsFor(limits).Length);
        Assert.Empty(none.WarningsFor(ResourceLimits.None));
    }

    [Fact]
    public void A_network_of_none_has_its_own_namespace_and_the_hosts_has_not()
    {
        Assert.Contains(new SpecNamespace("network"), Build(Spec() with { Network = NetworkMode.None }).Linux.Namespaces);
        Assert.DoesNotContain(new SpecNamespace("network"), Build(Spec()).Linux.Namespaces);
    }

    [Fact]
    public void Binds_come_parents_first_and_a_users_hides_the_engines_own()
    {
        ContainerSpec spec = Spec() with { Mounts = [new("/s1", "/pfs/in/deep", ReadOnly: true), new("/s2", "/pfs", ReadOnly: false), new("/s3", "/etc/hosts/", ReadOnly: true), new("/s4", "/dev/shm", false)] };
        RuntimeSpec built = Build(spec, facts => facts with { OwnMounts = [new("/own", "/etc/hosts", ReadOnly: false)] });
        List<SpecMount> binds = [.. built.Mounts.Where(mount => mount.Type == "bind")];
        Assert.Equal(["/pfs", "/etc/hosts", "/dev/shm", "/pfs/in/deep"], binds.Select(mount => mount.Destination));
        Assert.Equal("/s3", binds[1].Source);
        Assert.Contains("rro", binds[3].Options);
        Assert.DoesNotContain("ro", binds[0].Options);
        Assert.Single(built.Mounts, mount => mount.Destination == "/dev/shm");
    }

    [Fact]
    public void The_profile_allows_what_programs_need_and_no_more()
    {
        SpecSeccomp profile = SeccompProfile.Build(Architecture.X64);
        string[] always = [.. profile.Syscalls.Where(rule => rule.Action == "SCMP_ACT_ALLOW" && rule.Args is null).SelectMany(rule => rule.Names)];
        Assert.Equal(always.Length, always.Distinct().Count());
        Assert.All(always, name => Assert.Matches("^_?[a-z0-9_]+$", name));
        foreach (string needed in new[] { "openat", "execve", "mmap", "futex", "clock_gettime", "getrandom", "statx", "rseq", "chroot" })
        {
            Assert.Contains(needed, always);
        }

        string[] dangerous = ["mount", "umount2", "setns", "unshare", "bpf", "keyctl", "add_key", "kexec_load", "init_module", "finit_module", "open_by_handle_at", "perf_event_open", "reboot", "settimeofday", "swapon", "userfaultfd", "io_uring_setup", "clone", "clone3", "personality", "socket", "pivot_root", "acct", "iopl", "ioperm", "fsopen", "move_mount", "quotactl", "syslog"];
        Assert.Empty(dangerous.Intersect(always));
        Assert.Equal(38u, profile.Syscalls.Single(rule => rule.Names.Contains("clone3")).ErrnoRet);
    }

    [Fact]
    public void The_json_has_the_specifications_names()
    {
        string json = JsonSerializer.Serialize(Build(Spec()), RuntimeSpecJson.Default.RuntimeSpec);
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        Assert.Equal("1.0.2", root.GetProperty("ociVersion").GetString());
        Assert.False(root.GetProperty("root").GetProperty("readonly").GetBoolean());
        Assert.StartsWith("/slipway/", root.GetProperty("linux").GetProperty("cgroupsPath").GetString(), StringComparison.Ordinal);
        Assert.Equal(18, root.GetProperty("process").GetProperty("user").GetProperty("umask").GetInt32());
        Assert.Equal(1, root.GetProperty("linux").GetProperty("seccomp").GetProperty("defaultErrnoRet").GetInt32());
        Assert.False(root.GetProperty("process").TryGetProperty("consoleSize", out _));
    }

    private static CgroupSupport Cgroups { get; } = new() { IsAvailable = true, IsUnified = false, Memory = true, Swap = true, Cpu = true, Pids = true };

    private static ContainerSpec Spec() => new() { Image = new(default, default, Config, []) };

    private static RuntimeSpec Build(ContainerSpec spec, Func<SpecFacts, SpecFacts>? change = null)
    {
        SpecFacts facts = new()
        {
            Id = ContainerId.New(),
            Arguments = SpecBuilder.Arguments(spec),
            RootPath = "/root-of-it",
            User = ContainerUser.Root,
            Hostname = "box",
            OwnMounts = [],
            Cgroups = Cgroups,
        };
        return SpecBuilder.Build(spec, change is null ? facts : change(facts));
    }
}
