using System.Security.Cryptography;
using Slipway.Content;
using Slipway.Engine;

namespace Slipway.EndToEnd.Engine;

public sealed class RunTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("true", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$; sleep 5", 0)]
    public async Task The_exit_code_is_the_commands(string script, int code)
    {
        // PID 1 cannot be killed by its own signals: the last one shows that the shell goes on.
        ContainerRun run = await ContainerRun.OfAsync(fixture, "sh", "-c", script.Replace("sleep 5", "exit 0", StringComparison.Ordinal));
        Assert.Equal(code, run.Exit.Code);
    }

    [Fact]
    public async Task Stdout_and_stderr_are_told_apart()
    {
        ContainerRun run = await ContainerRun.OfAsync(fixture, "sh", "-c", "echo out; echo err >&2");
        Assert.Equal(("out\n", "err\n"), (run.Stdout, run.Stderr));
    }

    [Fact]
    public async Task Stdin_arrives_whole_and_ends()
    {
        byte[] content = RandomNumberGenerator.GetBytes(3_000_000);
        ContainerRun run = await ContainerRun.OfAsync(fixture, ContainerRun.Spec(fixture, "sha256sum"), content);
        Assert.StartsWith(Digest.Of(content).Hex, run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_never_reads_its_stdin_succeeds_and_its_output_is_whole()
    {
        ContainerRun run = await ContainerRun.OfAsync(fixture, ContainerRun.Spec(fixture, "sh", "-c", "seq 1 5000"), new byte[2_000_000]);
        Assert.Equal(0, run.Exit.Code);
        Assert.Equal(string.Concat(Enumerable.Range(1, 5000).Select(n => $"{n}\n")), run.Stdout);
    }

    [Fact]
    public async Task Big_output_comes_without_a_loss()
    {
        ContainerRun run = await ContainerRun.OfAsync(fixture, "sh", "-c", "seq 1 1000000 | tr -d '\\n' | sha256sum; seq 1 1000000 >&2");
        Assert.Equal(string.Concat(Enumerable.Range(1, 1_000_000).Select(n => $"{n}\n")), run.Stderr);
        Assert.StartsWith(Digest.Of(string.Concat(Enumerable.Range(1, 1_000_000))).Hex, run.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorKind.NotFound, "nosuch")]
    [InlineData(ErrorKind.NotFound, "/bin/nosuch")]
    [InlineData(ErrorKind.PermissionDenied, "/etc/plain")]
    [InlineData(ErrorKind.PermissionDenied, "/etc")]
    public async Task What_cannot_run_says_why(ErrorKind kind, string command)
    {
        SlipwayException fault = await ContainerRun.RefusalAsync(fixture, ContainerRun.Spec(fixture, command));
        Assert.Equal(kind, fault.Kind);
        Assert.NotNull(fault.Hint);
    }

    [Theory]
    [InlineData(null, "uid=0(root) gid=0(root)", "/root")]
    [InlineData("ann", "uid=1000(ann) gid=1001(ann) groups=44(extra)", "/home/ann")]
    [InlineData("ann:root", "uid=1000(ann) gid=0(root)", "/home/ann")]
    [InlineData("77:88", "uid=77 gid=88", "/")]
    public async Task A_user_is_who_the_image_says(string? user, string id, string home)
    {
        ContainerRun run = await ContainerRun.OfAsync(fixture, ContainerRun.Spec(fixture, "sh", "-c", "id; echo $HOME") with { User = user });
        Assert.Equal($"{id}\n{home}\n", run.Stdout);
    }

    [Fact]
    public async Task An_unknown_user_is_refused()
    {
        SlipwayException fault = await ContainerRun.RefusalAsync(fixture, ContainerRun.Spec(fixture, "id") with { User = "bob" });
        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Contains("bob", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ann", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_and_the_folder_are_as_asked()
    {
        ContainerSpec spec = ContainerRun.Spec(fixture, "sh", "-c", "echo $A; pwd; hostname") with
        {
            Environment = ["A=1"],
            WorkingDirectory = "/new/folder",
            Hostname = "boat",
        };
        Assert.Equal("1\n/new/folder\nboat\n", (await ContainerRun.OfAsync(fixture, spec)).Stdout);
    }

    [Fact]
    public async Task A_terminal_is_one_with_the_size_asked_for()
    {
        ContainerSpec spec = ContainerRun.Spec(fixture, "sh", "-c", "tty; stty size; echo err >&2") with { Tty = true };
        ContainerInfo container = await fixture.Engine.CreateAsync(spec, CancellationToken.None);
        await using ContainerStreams streams = await fixture.Engine.AttachAsync(container.Id, CancellationToken.None);
        await streams.ResizeAsync(33, 101, CancellationToken.None);
        await fixture.Engine.StartAsync(container.Id, CancellationToken.None);
        string text = "";
        while (await streams.ReadAsync(CancellationToken.None) is { } chunk)
        {
            Assert.Equal(StreamKind.Stdout, chunk.Stream);
            text += System.Text.Encoding.UTF8.GetString(chunk.Content.Span);
        }

        Assert.Equal("/dev/pts/0\r\n33 101\r\nerr\r\n", text);
        await fixture.Engine.RemoveAsync(container.Id, force: true, CancellationToken.None);
    }

    [Fact]
    public async Task A_read_only_mount_cannot_be_written_and_another_can()
    {
        string source = Path.Combine(fixture.Directory, Path.GetRandomFileName());
        Directory.CreateDirectory(Path.Combine(source, "in", "deep"));
        Directory.CreateDirectory(Path.Combine(source, "out"));
        await File.WriteAllTextAsync(Path.Combine(source, "in", "file"), "text");
        ContainerSpec spec = ContainerRun.Spec(fixture, "sh", "-c", "cat /pfs/in/file; touch /pfs/in/x /pfs/in/deep/x; mount -o remount,rw /pfs/in; echo result > /pfs/out/file") with
        {
            Mounts = [new(Path.Combine(source, "in"), "/pfs/in", ReadOnly: true), new(Path.Combine(source, "out"), "/pfs/out", ReadOnly: false)],
        };
        ContainerRun run = await ContainerRun.OfAsync(fixture, spec);
        Assert.Equal("text", run.Stdout);
        Assert.Equal(2, run.Stderr.Split("Read-only file system").Length - 1);
        Assert.Equal("result\n", await File.ReadAllTextAsync(Path.Combine(source, "out", "file")));
        Assert.Equal(["deep", "file"], Directory.EnumerateFileSystemEntries(Path.Combine(source, "in")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_writable_folder_can_stand_in_a_read_only_one()
    {
        string source = Path.Combine(fixture.Directory, Path.GetRandomFileName());
        string inner = Path.Combine(fixture.Directory, Path.GetRandomFileName());
        Directory.CreateDirectory(Path.Combine(source, "out"));
        Directory.CreateDirectory(inner);
        ContainerSpec spec = ContainerRun.Spec(fixture, "sh", "-c", "touch /pfs/x; echo result > /pfs/out/file") with
        {
            Mounts = [new(inner, "/pfs/out", ReadOnly: false), new(source, "/pfs", ReadOnly: true)],
        };
        ContainerRun run = await ContainerRun.OfAsync(fixture, spec);
        Assert.Contains("Read-only file system", run.Stderr, StringComparison.Ordinal);
        Assert.Equal("result\n", await File.ReadAllTextAsync(Path.Combine(inner, "file")));
    }

    [Fact]
    public async Task Every_container_has_its_filter_the_first_and_the_later_ones()
    {
        // The later ones may be given the filter that was compiled for the first.
        for (int round = 0; round < 3; round++)
        {
            ContainerRun run = await ContainerRun.OfAsync(fixture, "sh", "-c", "grep ^Seccomp: /proc/self/status; mknod /tmp/x b 9 9 || echo refused; mount -t tmpfs x /tmp 2>/dev/null || echo refused");
            Assert.Equal("Seccomp:\t2\nrefused\n", run.Stdout);
        }
    }

    [Fact]
    public async Task Without_a_network_there_is_loopback_only() =>
        Assert.Equal("lo\n", (await ContainerRun.OfAsync(fixture, ContainerRun.Spec(fixture, "ls", "/sys/class/net") with { Network = NetworkMode.None })).Stdout);

    [Fact]
    public async Task A_container_cannot_mount_nor_make_namespaces_nor_see_the_kernels_memory()
    {
        ContainerRun run = await ContainerRun.OfAsync(fixture, "sh", "-c", "mount -t tmpfs x /tmp && echo mounted; head -c 1 /proc/kcore | wc -c; touch /proc/sys/kernel/x; echo 1 > /proc/sys/kernel/panic && echo written");
        Assert.Equal("0\n", run.Stdout);
    }

    [Fact]
    public async Task Too_much_memory_is_an_oom_kill()
    {
        ContainerSpec spec = ContainerRun.Spec(fixture, "sh", "-c", "x=$(head -c 100000000 /dev/zero | tr '\\0' x)") with { Limits = new ResourceLimits(MemoryBytes: 24 << 20, Cpus: 1, Pids: 50) };
        ContainerRun run = await ContainerRun.OfAsync(fixture, spec);

        // Where the machine cannot limit memory, the container says so instead.
        Assert.True(run.Exit.OomKilled || run.Info.Warnings.Any(warning => warning.Contains("memory", StringComparison.Ordinal)));
        Assert.Equal(run.Exit.OomKilled, run.Info.OomKilled);
    }
}
