using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Build;

/// <summary>A context that the server reads itself, beside one that is sent.</summary>
public sealed class LocalContextTests : IAsyncLifetime
{
    private SlipwayBinary _slipway = null!;

    public async Task InitializeAsync() => _slipway = await SlipwayBinary.CreateAsync(withBusybox: false);

    public async Task DisposeAsync() => await _slipway.DisposeAsync();

    [Fact]
    public async Task Read_or_sent_it_gives_the_same_image()
    {
        _slipway.Write("c/Dockerfile", "FROM scratch\nCOPY . /all\nCOPY dir /dir\n");
        _slipway.Write("c/.dockerignore", "*.log\nskip\n!skip/kept\nheavy\n");
        _slipway.Write("c/dir/a", "a");
        _slipway.Write("c/b.log", "left out");
        _slipway.Write("c/skip/kept", "kept");
        _slipway.Write("c/skip/not", "not");
        _slipway.Write("c/heavy/x/y", "not");
        _slipway.Write("c/run.sh", "#!/bin/sh\n");
        string folder = Path.Combine(_slipway.Folder, "c");
        File.SetUnixFileMode(Path.Combine(folder, "run.sh"), (UnixFileMode)0x1ED);
        File.SetUnixFileMode(Path.Combine(folder, "dir"), (UnixFileMode)0x1C0);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "dir/a");
        Directory.CreateDirectory(Path.Combine(folder, "empty"));

        string read = await _slipway.RunAsync("build", "-q", "--no-cache", "c");
        _slipway.SetEnvironment("SLIPWAY_HOST", "unix://" + Path.Combine(_slipway.Home, "slipway.sock"));
        string sent = await _slipway.RunAsync("build", "-q", "--no-cache", "c");

        Assert.Equal(sent, read);
    }

    // A program of the system: large, and older than a minute.
    [Fact]
    public async Task A_large_file_that_is_read_where_it_lies_gives_the_image_of_one_that_is_sent()
    {
        _slipway.Write("Dockerfile", "FROM scratch\nCOPY dockerd /dockerd\n");
        _slipway.Write("Dockerfile.dockerignore", "*\n!dockerd\n");
        string read = await _slipway.RunAsync("build", "-q", "--no-cache", "-f", "Dockerfile", "/usr/sbin");
        string known = await _slipway.RunAsync("build", "-q", "-f", "Dockerfile", "/usr/sbin");
        _slipway.SetEnvironment("SLIPWAY_HOST", "unix://" + Path.Combine(_slipway.Home, "slipway.sock"));
        string sent = await _slipway.RunAsync("build", "-q", "--no-cache", "-f", "Dockerfile", "-o", "out", "/usr/sbin");

        Assert.Equal((sent, sent), (read, known));
        Assert.Equal(await File.ReadAllBytesAsync("/usr/sbin/dockerd"), await File.ReadAllBytesAsync(Path.Combine(_slipway.Folder, "out/dockerd")));
    }

    [Fact]
    public async Task A_folder_that_the_server_sees_otherwise_is_sent()
    {
        _slipway.Write("theirs/Dockerfile", "FROM scratch\nCOPY f /f\n");
        _slipway.Write("theirs/f", "the server's");
        _slipway.Write("ours/Dockerfile", "FROM scratch\nCOPY f /f\n");
        _slipway.Write("ours/f", "the client's");
        await _slipway.RunAsync("images");

        CommandOutput output = await ChildProcess.RunAsync(
            "unshare",
            ["--mount", "--propagation", "private", "sh", "-ec", "mount --bind ours theirs && exec \"$0\" build -o out theirs", SlipwayBinary.Program],
            new Dictionary<string, string> { ["SLIPWAY_HOME"] = _slipway.Home },
            folder: _slipway.Folder);

        Assert.True(output.ExitCode == 0, output.ToString());
        Assert.Equal("the client's", await File.ReadAllTextAsync(Path.Combine(_slipway.Folder, "out/f")));
    }

    [Fact]
    public async Task An_ignore_file_that_means_nothing_is_named_with_its_line()
    {
        _slipway.Write("c/Dockerfile", "FROM scratch\nCOPY f /f\n");
        _slipway.Write("c/f", "x");
        _slipway.Write("c/.dockerignore", "a\n!\n");
        CommandOutput output = await _slipway.TryAsync("build", "c");
        Assert.NotEqual(0, output.ExitCode);
        Assert.Contains(".dockerignore:2", output.Stderr, StringComparison.Ordinal);
    }
}
