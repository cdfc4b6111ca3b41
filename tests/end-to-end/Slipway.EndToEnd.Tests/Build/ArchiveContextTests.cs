using System.Net;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Build;

/// <summary>Contexts that are archives: a tar on stdin and one behind a URL, in every compression that docker takes.</summary>
public sealed class ArchiveContextTests(SlipwayFixture fixture) : IClassFixture<SlipwayFixture>
{
    private SlipwayBinary Slipway => fixture.Slipway;

    [Theory]
    [InlineData("")]
    [InlineData("-z")]
    [InlineData("-j")]
    [InlineData("-J")]
    [InlineData("--zstd")]
    public async Task A_tar_on_stdin_is_the_context_with_its_own_ignore_file(string compression)
    {
        string archive = await ArchiveAsync($"stdin{compression}", compression);
        string result = $"{archive}-out";

        CommandOutput built = await Slipway.FeedFileAsync(archive, "build", "-o", result, "-");

        Assert.True(built.ExitCode == 0, built.ToString());
        AssertHolds(result);
        CommandOutput other = await Slipway.FeedFileAsync(archive, "build", "-f", "deploy/Other", "-o", result + "2", "-");
        Assert.True(other.ExitCode == 0, other.ToString());
        Assert.True(File.Exists(Path.Combine(result + "2", "other")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-z")]
    public async Task A_tar_behind_a_url_is_the_context(string compression)
    {
        string archive = await ArchiveAsync($"http{compression}", compression);
        using HttpListener server = Serve(await File.ReadAllBytesAsync(archive), out string address);
        string result = $"{archive}-out";

        await Slipway.RunAsync("build", "-o", result, $"{address}context.tar");

        AssertHolds(result);
        CommandOutput missing = await Slipway.TryAsync("build", $"{address}nothing");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("404", missing.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tar_that_is_cut_off_or_leads_outside_ends_in_an_error_and_writes_nothing_outside()
    {
        string archive = await ArchiveAsync("cut", "");
        await File.WriteAllBytesAsync(archive, (await File.ReadAllBytesAsync(archive))[..700]);
        CommandOutput cut = await Slipway.FeedFileAsync(archive, "build", "-");
        Assert.NotEqual(0, cut.ExitCode);
        Assert.Contains("error:", cut.Stderr, StringComparison.Ordinal);

        string folder = Path.Combine(Slipway.Folder, "evil");
        Slipway.Write("evil/Dockerfile", "FROM scratch\nCOPY . /\n");
        Slipway.Write("evil/x", "escaped");
        string evil = Path.Combine(Slipway.Folder, "evil.tar"), target = $"slipway-escaped-{Guid.NewGuid():n}";
        CommandOutput tar = await ChildProcess.RunAsync("tar", ["-c", "-P", "-f", evil, "-C", folder, $"--transform=s,^x$,../../../../tmp/{target},", "Dockerfile", "x"]);
        Assert.True(tar.ExitCode == 0, tar.ToString());
        await Slipway.FeedFileAsync(evil, "build", "-");
        Assert.False(File.Exists(Path.Combine("/tmp", target)));
    }

    private static void AssertHolds(string folder)
    {
        Assert.Equal("kept", File.ReadAllText(Path.Combine(folder, "c/dir/kept")));
        Assert.Equal("kept", new FileInfo(Path.Combine(folder, "c/dir/link")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(folder, "c/dir/run")));
        Assert.False(File.Exists(Path.Combine(folder, "c/dir/left.out")));
    }

    private async Task<string> ArchiveAsync(string name, string compression)
    {
        string folder = Path.Combine(Slipway.Folder, name), archive = $"{folder}.archive";
        Slipway.Write($"{name}/Dockerfile", "FROM scratch\nCOPY . /c\n");
        Slipway.Write($"{name}/deploy/Other", "FROM scratch\nCOPY dir/kept /other\n");
        Slipway.Write($"{name}/.dockerignore", "**/*.out\n");
        Slipway.Write($"{name}/dir/kept", "kept");
        Slipway.Write($"{name}/dir/left.out", "left out");
        File.CreateSymbolicLink(Path.Combine(folder, "dir/link"), "kept");
        File.SetUnixFileMode(Slipway.Write($"{name}/dir/run", "#!/bin/sh\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CommandOutput tar = await ChildProcess.RunAsync("tar", ["-c", .. compression.Length > 0 ? (string[])[compression] : [], "-f", archive, "-C", folder, "."]);
        Assert.True(tar.ExitCode == 0, tar.ToString());
        return archive;
    }

    private static HttpListener Serve(byte[] content, out string address)
    {
        using System.Net.Sockets.TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        address = $"http://127.0.0.1:{port}/";
        HttpListener server = new();
        server.Prefixes.Add(address);
        server.Start();
        _ = AnswerAsync();
        return server;

        async Task AnswerAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext asked = await server.GetContextAsync();
                    bool found = asked.Request.Url!.AbsolutePath == "/context.tar";
                    asked.Response.StatusCode = found ? 200 : 404;
                    await asked.Response.OutputStream.WriteAsync(found ? content : default);
                    asked.Response.Close();
                }
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}
