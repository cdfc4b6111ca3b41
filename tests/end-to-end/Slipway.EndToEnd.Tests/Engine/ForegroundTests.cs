using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Engine;

/// <summary>
/// Ephemeral containers (RUN, datums) after the first one of a server: their runtime is the server's child (docs/decisions, ephemeral containers), where the first one's is conmon's. Nothing may
/// show of that. Through the binary, because on a machine with hybrid cgroups crun runs only in the server's own mount namespace.
/// </summary>
public sealed class ForegroundTests : IAsyncLifetime
{
    private SlipwayBinary _slipway = null!;

    public async Task InitializeAsync()
    {
        _slipway = await SlipwayBinary.CreateAsync();
        _slipway.Write("first/Dockerfile", "FROM busybox\nRUN true\n");
        await _slipway.RunAsync("build", "first");
    }

    public async Task DisposeAsync() => await _slipway.DisposeAsync();

    [Fact]
    public async Task Its_output_is_whole_and_in_order_and_both_streams_are_shown()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nRUN seq 1 50000; echo to-stderr >&2; printf unfinished\n");
        CommandOutput built = await _slipway.TryAsync("build", "c");
        Assert.True(built.ExitCode == 0, built.ToString());
        string[] shown = [.. built.Stderr.Split('\n').Select(static line => line.Trim())];
        Assert.Equal(Enumerable.Range(1, 50000).Select(static n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)), shown.Where(static line => int.TryParse(line, out _)));
        Assert.Contains("to-stderr", shown);
        Assert.Contains(shown, static line => line.Contains("unfinished", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_stdin_is_dev_null()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nRUN cat; stat -L -c %t:%T /proc/self/fd/0 > /stdin\n");
        await _slipway.RunAsync("build", "-t", "app", "c");
        Assert.Equal("1:3\n", await _slipway.RunAsync("run", "--rm", "app", "cat", "/stdin"));
    }

    [Theory]
    [InlineData("RUN [\"nothing-of-that-name\"]", "exit code 127", "is not in the image")]
    [InlineData("RUN [\"/etc\"]", "exit code 126", "is not executable")]
    [InlineData("RUN exit 3", "exit code 3", "it wrote nothing")]
    [InlineData("RUN kill -9 $$; kill -9 0; exit 4", "exit code 4", "it wrote nothing")]
    [InlineData("RUN echo why; false", "exit code 1", "why")]
    public async Task How_it_ended_and_why_is_told(string instruction, string code, string reason)
    {
        _slipway.Write("c/Dockerfile", $"FROM busybox\n{instruction}\n");
        CommandOutput built = await _slipway.TryAsync("build", "c");
        Assert.Equal(1, built.ExitCode);
        Assert.Contains(code, built.Stderr, StringComparison.Ordinal);
        Assert.Contains(reason, built.Stderr, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task What_a_step_leaves_running_ends_with_it()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nRUN (sleep 1000; echo late > /late) & echo done > /done\n");
        await _slipway.RunAsync("build", "-t", "app", "c");
        Assert.Equal("done\n", await _slipway.RunAsync("run", "--rm", "app", "sh", "-c", "cat /done /late 2>/dev/null; true"));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_pipelines_command_reads_its_stdin_and_its_log_is_whole()
    {
        await _slipway.RunAsync("repo", "create", "numbers");
        await _slipway.CreatePipelineAsync("""
            { "pipeline": { "name": "echo" }, "transform": { "image": "busybox", "cmd": ["sh"], "stdin": ["seq 1 30000", "echo problem >&2", "cp /pfs/numbers/* /pfs/out/"] },
              "input": { "pfs": { "repo": "numbers", "glob": "/*" } } }
            """);
        await _slipway.PutAsync("numbers@master:/a", "1");
        await _slipway.WaitAsync("numbers@master");
        await _slipway.PutAsync("numbers@master:/b", "2");
        CommandOutput waited = await _slipway.WaitAsync("numbers@master");
        Assert.True(waited.ExitCode == 0, waited.ToString());
        Assert.Equal("2", await _slipway.CatAsync("echo@master:/b"));
        string log = await _slipway.RunAsync("logs", "--job", (await _slipway.LastJobAsync("echo")).Id);
        HashSet<string> words = [.. log.Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)];
        Assert.All(Enumerable.Range(1, 30000), number => Assert.Contains(number.ToString(System.Globalization.CultureInfo.InvariantCulture), words));
        Assert.Contains("problem", words);
    }

    /// <summary>The server stops only when every container of its own has gone; then their folders have, too.</summary>
    private async Task NothingIsLeftAsync()
    {
        await _slipway.RunAsync("daemon", "stop");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_slipway.Home, "engine", "containers")));
    }
}
