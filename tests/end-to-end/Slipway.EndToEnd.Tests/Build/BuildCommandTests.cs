using System.Diagnostics;
using System.Text.Json;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Build;

/// <summary>`slipway build` as a person runs it: contexts, secrets, agents, outputs, checks.</summary>
public sealed class BuildCommandTests : IAsyncLifetime
{
    private SlipwayBinary _slipway = null!;

    public async Task InitializeAsync() => _slipway = await SlipwayBinary.CreateAsync();

    public async Task DisposeAsync() => await _slipway.DisposeAsync();

    [Fact]
    public async Task A_secret_reaches_its_step_and_no_place_beside_it()
    {
        const string Secret = "hunter2-5f0c";
        _slipway.Write("c/Dockerfile", "FROM busybox\nRUN --mount=type=secret,id=file wc -c < /run/secrets/file > /file\nRUN --mount=type=secret,id=var,env=V echo ${#V} > /var-length\n");
        _slipway.SetEnvironment("TOKEN", Secret);
        string file = _slipway.Write("secret.txt", Secret);

        await _slipway.RunAsync("build", "--secret", $"id=file,src={file}", "--secret", "id=var,env=TOKEN", "-o", "out", "c");

        Assert.Equal("12\n", await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "out/file")));
        Assert.Equal("12\n", await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "out/var-length")));
        _slipway.SetEnvironment("TOKEN", null);
        await _slipway.TryAsync("daemon", "stop");
        ProcessStartInfo grep = new("grep", ["-rlF", Secret, _slipway.Home]) { RedirectStandardOutput = true };
        using Process found = Process.Start(grep)!;
        Assert.Equal("", await found.StandardOutput.ReadToEndAsync());
    }

    [Fact]
    public async Task The_callers_agent_is_in_the_step()
    {
        string key = Path.Combine(_slipway.Folder, "key");
        using (Process keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "slipway-test", "-f", key]))
        {
            await keygen.WaitForExitAsync();
        }

        _slipway.Write("c/Dockerfile", "FROM busybox\nRUN --mount=type=ssh,required,uid=7,mode=0660 test -S $SSH_AUTH_SOCK && stat -c '%a %u %n' $SSH_AUTH_SOCK > /answer\n");
        await _slipway.RunAsync("build", "--ssh", $"default={key}", "-o", "out", "c");

        Assert.Equal("660 7 /run/buildkit/ssh_agent.0\n", await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "out/answer")));
        CommandOutput without = await _slipway.TryAsync("build", "--no-cache", "c");
        Assert.NotEqual(0, without.ExitCode);
        Assert.Contains("--ssh default", without.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_comes_from_stdin_git_or_a_folder_by_name()
    {
        _slipway.Write("c/Dockerfile", "FROM scratch\nCOPY f /f\nCOPY --from=more g /g\n");
        _slipway.Write("c/f", "from git");
        _slipway.Write("more/g", "named");
        string repository = Path.Combine(_slipway.Folder, "c");
        await ShellAsync(repository, "git init -q -b main . && git add . && git -c user.name=t -c user.email=t@t commit -qm 1 && git clone -q --bare . ../r.git");
        int port = FreePort();
        using Process daemon = Process.Start(new ProcessStartInfo("git", ["daemon", "--listen=127.0.0.1", $"--port={port}", "--export-all", $"--base-path={_slipway.Folder}", "--verbose"]) { RedirectStandardError = true })!;
        try
        {
            await daemon.StandardError.ReadLineAsync();
            await _slipway.RunAsync("build", "--build-context", "more=more", "-o", "type=local,dest=out", $"git://127.0.0.1:{port}/r.git#main");
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync();
        }

        Assert.Equal("from git", await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "out/f")));
        Assert.Equal("named", await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "out/g")));
        Assert.Equal(0, (await _slipway.FeedAsync("FROM scratch\nCOPY f /two\n", "build", "-f", "-", "-o", "two", "c")).ExitCode);
        Assert.True(File.Exists(Path.Combine(_slipway.Folder, "two/two")));
        Assert.Equal(0, (await _slipway.FeedAsync("FROM busybox\nRUN echo x > /made\n", "build", "-o", "three", "-")).ExitCode);
        Assert.True(File.Exists(Path.Combine(_slipway.Folder, "three/made")));
    }

    [Fact]
    public async Task The_result_is_written_where_it_is_asked_for()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox AS b\nRUN mkdir /o && echo 1 > /o/a && ln /o/a /o/h && ln -s a /o/l && chmod 751 /o\nFROM scratch\nCOPY --from=b /o /o\n");

        string printed = await _slipway.RunAsync("build", "-q", "-t", "r", "--iidfile", "id", "--metadata-file", "m.json", "-o", "type=tar,dest=r.tar", "-o", "type=local,dest=r", "c");

        using JsonDocument metadata = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_slipway.Folder, "m.json")));
        Assert.Equal(printed.Trim(), metadata.RootElement.GetProperty("containerimage.digest").GetString());
        Assert.Equal(printed.Trim(), await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "id")));
        Assert.Equal("a", new FileInfo(Path.Combine(_slipway.Folder, "r/o/l")).LinkTarget);
        Assert.Equal("1\n", await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "r/o/h")));
        Assert.Equal("o/\no/a\no/h\no/l\n", await ShellAsync(_slipway.Folder, "tar tf r.tar"));
    }

    [Theory]
    [InlineData("type=oci,dest=i.tar", "oci-archive:i.tar")]
    [InlineData("type=docker,dest=i.tar,name=app:2", "docker-archive:i.tar:app:2")]
    [InlineData("type=oci,dest=i,tar=false", "oci:i")]
    public async Task The_image_is_written_as_an_archive_that_other_tools_read(string output, string source)
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nENV A=b\nRUN echo made > /made\nCMD [\"cat\", \"/made\"]\n");
        string digest = (await _slipway.RunAsync("build", "-q", "-o", output, "c")).Trim();

        string[] skopeo = ["--insecure-policy", "copy", source, "dir:copied"];
        CommandOutput copied = await ChildProcess.RunAsync("skopeo", skopeo, folder: _slipway.Folder);
        Assert.True(copied.ExitCode == 0, copied.ToString());
        using JsonDocument manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_slipway.Folder, "copied/manifest.json")));
        string config = manifest.RootElement.GetProperty("config").GetProperty("digest").GetString()!;
        using JsonDocument inspected = JsonDocument.Parse(await _slipway.RunAsync("image", "inspect", digest, "-o", "json"));
        Assert.Equal(inspected.RootElement.GetProperty("configDigest").GetString(), config);
    }

    [Fact]
    public async Task A_check_lists_findings_and_a_verification_names_the_first_difference()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox as b\nRUN mkdir /d && echo same > /d/a && cat /proc/sys/kernel/random/uuid > /d/b\n");

        CommandOutput check = await _slipway.TryAsync("build", "--check", "c");
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("Dockerfile:1: FromAsCasing", check.Stdout, StringComparison.Ordinal);

        CommandOutput verified = await _slipway.TryAsync("build", "--verify", "c");
        Assert.NotEqual(0, verified.ExitCode);
        Assert.Contains("/d/b: content", verified.Stderr, StringComparison.Ordinal);
        Assert.Contains("RUN", verified.Stderr, StringComparison.Ordinal);

        _slipway.Write("c/Dockerfile", "FROM busybox AS b\nRUN echo same > /a\n");
        Assert.Contains("no warnings", await _slipway.RunAsync("build", "--check", "c"), StringComparison.Ordinal);
        await _slipway.RunAsync("build", "--verify", "-t", "same", "c");
    }

    [Fact]
    public async Task Two_homes_give_one_digest()
    {
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync();
        const string Text = "FROM busybox\nWORKDIR /w\nCOPY . .\nRUN mkdir b && cp f b/g && date > /dev/null\n";
        foreach (SlipwayBinary home in (SlipwayBinary[])[_slipway, other])
        {
            home.Write("c/Dockerfile", Text);
            home.Write("c/f", "1");
        }

        Assert.Equal(await _slipway.RunAsync("build", "-q", "--no-cache", "c"), await other.RunAsync("build", "-q", "--no-cache", "c"));
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> ShellAsync(string folder, string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
