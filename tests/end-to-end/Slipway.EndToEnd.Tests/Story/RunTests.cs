using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Story;

/// <summary><c>slipway run</c> and its siblings, as who knows docker expects them.</summary>
public sealed class RunTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private readonly SlipwayBinary _slipway = fixture.Slipway;

    [Theory]
    [InlineData(0, "true")]
    [InlineData(1, "false")]
    [InlineData(42, "sh", "-c", "exit 42")]
    [InlineData(127, "no-such-command")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(137, "sh", "-c", "sh -c 'kill -9 $$'; exit $?")]
    public async Task The_exit_code_is_dockers(int expected, params string[] command)
    {
        CommandOutput output = await _slipway.TryAsync(["run", "--rm", "busybox", .. command]);

        Assert.True(output.ExitCode == expected, output.ToString());
    }

    [Fact]
    public async Task A_failure_of_ours_is_125()
    {
        Assert.Equal(125, (await _slipway.TryAsync("run", "--rm", "no-such-image", "true")).ExitCode);
        Assert.Equal(125, (await _slipway.TryAsync("run", "--no-such-option", "busybox", "true")).ExitCode);
    }

    [Fact]
    public async Task Environment_folder_user_and_entrypoint_are_as_asked()
    {
        Assert.Equal("b\n", await _slipway.RunAsync("run", "--rm", "-e", "A=b", "busybox", "sh", "-c", "echo $A"));
        Assert.Equal("/tmp\n", await _slipway.RunAsync("run", "--rm", "-w", "/tmp", "busybox", "pwd"));
        Assert.Equal("65534\n", await _slipway.RunAsync("run", "--rm", "-u", "nobody", "busybox", "id", "-u"));
        Assert.Equal("x y\n", await _slipway.RunAsync("run", "--rm", "--entrypoint", "echo", "busybox", "x", "y"));
    }

    [Fact]
    public async Task A_volume_is_the_hosts_folder()
    {
        _slipway.Write("shared/in", "from outside");
        string folder = Path.Combine(_slipway.Folder, "shared");

        Assert.Equal("from outside", await _slipway.RunAsync("run", "--rm", "-v", $"{folder}:/shared", "busybox", "sh", "-c", "cat /shared/in; echo from inside > /shared/out"));

        Assert.Equal("from inside\n", await File.ReadAllTextAsync(Path.Combine(folder, "out")));
        CommandOutput refused = await _slipway.TryAsync("run", "--rm", "-v", $"{folder}:/shared:ro", "busybox", "touch", "/shared/no");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.False(File.Exists(Path.Combine(folder, "no")));
    }

    [Fact]
    public async Task Standard_input_reaches_the_command()
    {
        CommandOutput output = await _slipway.FeedAsync("one\ntwo\n", "run", "--rm", "-i", "busybox", "wc", "-l");

        Assert.Equal("2", output.Stdout.Trim());
    }

    [Fact]
    public async Task What_a_container_writes_stays_in_it_and_stdout_and_stderr_are_two()
    {
        CommandOutput output = await _slipway.TryAsync("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2; echo x > /bin/written");

        Assert.Equal(("out\n", "err\n"), (output.Stdout, output.Stderr));
        Assert.NotEqual(0, (await _slipway.TryAsync("run", "--rm", "busybox", "test", "-e", "/bin/written")).ExitCode);
    }

    [Fact]
    public async Task A_detached_container_is_listed_entered_stopped_and_removed()
    {
        await _slipway.RunAsync("run", "-d", "--name", "sleeper", "busybox", "sh", "-c", "echo awake; trap 'exit 3' TERM; while true; do sleep 0.1; done");

        Assert.Contains("sleeper", await _slipway.RunAsync("ps"), StringComparison.Ordinal);
        Assert.Equal("inside\n", await _slipway.RunAsync("exec", "sleeper", "echo", "inside"));
        Assert.Equal(7, (await _slipway.TryAsync("exec", "sleeper", "sh", "-c", "exit 7")).ExitCode);
        await _slipway.RunAsync("stop", "sleeper");
        Assert.DoesNotContain("sleeper", await _slipway.RunAsync("ps"), StringComparison.Ordinal);
        Assert.Contains("sleeper", await _slipway.RunAsync("ps", "-a"), StringComparison.Ordinal);
        Assert.Equal("awake\n", await _slipway.RunAsync("logs", "sleeper"));
        await _slipway.RunAsync("rm", "sleeper");
        Assert.DoesNotContain("sleeper", await _slipway.RunAsync("ps", "-a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_is_a_terminal()
    {
        // script(1) gives the client a terminal of its own.
        CommandOutput output = await ChildProcess.RunAsync("/usr/bin/script",
            ["-qec", $"{SlipwayBinary.Program} run -it --rm busybox sh -c 'test -t 0 && test -t 1 && echo a terminal; exit 5'", "/dev/null"],
            new Dictionary<string, string> { ["SLIPWAY_HOME"] = _slipway.Home, ["TERM"] = "xterm" });

        Assert.Contains("a terminal", output.Stdout, StringComparison.Ordinal);
        Assert.Equal(5, output.ExitCode);
    }

    [Fact]
    public async Task Images_get_names_and_lose_them()
    {
        await _slipway.RunAsync("tag", "busybox", "mine:1");
        Assert.Contains("mine", await _slipway.RunAsync("images"), StringComparison.Ordinal);

        await _slipway.RunAsync("rmi", "mine:1");

        Assert.DoesNotContain("mine", await _slipway.RunAsync("images"), StringComparison.Ordinal);
        Assert.Equal(0, (await _slipway.TryAsync("run", "--rm", "busybox", "true")).ExitCode);
    }
}
