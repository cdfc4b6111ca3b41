using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Slipway.Api;
using Slipway.EndToEnd.Support;
using Slipway.Linux;

namespace Slipway.EndToEnd.Client;

/// <summary>Commands that the server carries out for a client (warm commands): as if the client had done it, and only for the client of its own build.</summary>
public sealed class WarmCommandTests : IAsyncLifetime
{
    private SlipwayBinary _slipway = null!;

    public async Task InitializeAsync() => _slipway = await SlipwayBinary.CreateAsync();

    public async Task DisposeAsync() => await _slipway.DisposeAsync();

    [Theory]
    [InlineData("build", "-t", "app", "good")]
    [InlineData("build", "-q", "--build-arg", "GREETING", "good")]
    [InlineData("build", "--progress", "json", "-f", "good/Dockerfile", "good")]
    [InlineData("build", "-q", "--source-date", "none", "good")]
    [InlineData("build", "--source-date", "yesterday", "good")]
    [InlineData("build", "bad")]
    [InlineData("build", "nowhere")]
    [InlineData("build", "--check", "good")]
    [InlineData("images", "-q")]
    [InlineData("image", "inspect", "busybox")]
    [InlineData("image", "inspect", "none")]
    [InlineData("ls", "nothing@master")]
    [InlineData("repo", "ls", "-o", "yaml")]
    public async Task It_says_and_answers_what_the_client_itself_does(params string[] command)
    {
        _slipway.Write("good/Dockerfile", "FROM busybox\nARG GREETING=none\nRUN echo $GREETING > /greeting\n");
        _slipway.Write("bad/Dockerfile", "FROM busybox\nRUN echo before; exit 3\n");
        _slipway.SetEnvironment("GREETING", "hello");
        await _slipway.TryAsync("build", "-t", "app", "good");
        CommandOutput warm = await _slipway.TryAsync(command);
        _slipway.SetEnvironment("SLIPWAY_WARM", "0");
        CommandOutput own = await _slipway.TryAsync(command);
        Assert.Equal(own.ExitCode, warm.ExitCode);
        Assert.Equal(Timeless(own.Stdout), Timeless(warm.Stdout));
        Assert.Equal(Timeless(own.Stderr), Timeless(warm.Stderr));
    }

    [Fact]
    public async Task The_server_carries_out_what_a_client_of_its_build_asks_for()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nCOPY Dockerfile /d\n");
        SeenFile context = Look(Path.Combine(_slipway.Folder, "c"));
        (string output, string error, int? code) = await AskAsync(Call("build", "-q", "-t", "warm", "c") with { Seen = [context] });
        Assert.Equal(("", 0), (error, code));
        Assert.Matches("^sha256:[0-9a-f]{64}\n$", output);
        Assert.Contains("warm", await _slipway.RunAsync("images"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_declines_what_it_might_understand_or_see_differently()
    {
        CommandCall call = Call("images");
        SeenFile folder = Look(_slipway.Folder);
        Assert.Null((await AskAsync(call with { Program = call.Program with { Inode = call.Program.Inode + 1 } })).Code);
        Assert.Null((await AskAsync(call with { Seen = [folder with { Inode = folder.Inode + 1 }] })).Code);
        Assert.Null((await AskAsync(call with { Seen = [folder with { Path = "relative" }] })).Code);
        Assert.Null((await AskAsync(call with { Arguments = ["run", "busybox", "true"] })).Code);
        Assert.Null((await AskAsync(call with { Arguments = [] })).Code);
        Assert.Equal(0, (await AskAsync(call with { Seen = [folder] })).Code);
    }

    [Fact]
    public async Task A_client_in_another_mount_namespace_builds_the_files_that_it_sees()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nCOPY which /which\n");
        _slipway.Write("c/which", "the server's");
        _slipway.Write("other/Dockerfile", "FROM busybox\nCOPY which /which\n");
        _slipway.Write("other/which", "the client's");
        await _slipway.RunAsync("images");
        CommandOutput built = await ChildProcess.RunAsync(
            "unshare",
            ["-m", "--propagation", "private", "sh", "-c", "mount --bind other c && exec \"$0\" build -t mine c", SlipwayBinary.Program],
            new Dictionary<string, string> { ["SLIPWAY_HOME"] = _slipway.Home },
            folder: _slipway.Folder);
        Assert.True(built.ExitCode == 0, built.ToString());
        Assert.Equal("the client's", await _slipway.RunAsync("run", "--rm", "mine", "cat", "/which"));
    }

    [Fact]
    public async Task With_the_client_the_command_ends()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nRUN true\nRUN echo going; mkfifo /f; read x < /f\n");
        using Socket socket = await ConnectAsync(Call("build", "c"));
        using (NetworkStream stream = new(socket, ownsSocket: false))
        {
            StringBuilder said = new();
            while (!said.ToString().Contains("    going", StringComparison.Ordinal))
            {
                (CommandChannel channel, string text) = await FrameAsync(stream);
                Assert.Equal(CommandChannel.Error, channel);
                said.Append(text);
            }
        }

        socket.Close();
        await _slipway.RunAsync("images");
        Stopwatch waited = Stopwatch.StartNew();
        while (Runs("read x < /f"))
        {
            Assert.True(waited.Elapsed < ChildProcess.Bound, "the step goes on without its client");
            await Task.Yield();
        }
    }

    private static bool Runs(string command) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(command, StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static string Timeless(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"\d+(\.\d+)? (ms|s|seconds? ago)|""seconds"":[0-9.e-]+", "…");

    private static SeenFile Look(string path)
    {
        FileStatus status = Libc.Status(path);
        return new SeenFile(path, status.Device, status.Inode);
    }

    private CommandCall Call(params string[] arguments) => new()
    {
        Program = Look(SlipwayBinary.Program),
        WorkingDirectory = _slipway.Folder,
        Arguments = arguments,
        Environment = Encoding.UTF8.GetBytes($"SLIPWAY_HOME={_slipway.Home}\0"),
        Seen = [],
    };

    private async Task<Socket> ConnectAsync(CommandCall call)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_slipway.Home, "slipway.sock")));
        byte[] body = call.ToBytes();
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
        await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"GET {Routes.Command} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: slipway-command\r\n\r\n"), .. length, .. body]);
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await socket.ReceiveAsync(one));
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);
        return socket;
    }

    private static async Task<(CommandChannel Channel, string Text)> FrameAsync(Stream stream)
    {
        byte[] head = new byte[5];
        await stream.ReadExactlyAsync(head);
        byte[] bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1))];
        await stream.ReadExactlyAsync(bytes);
        return ((CommandChannel)head[0], Encoding.Latin1.GetString(bytes));
    }

    /// <summary>What a call comes to; no code: it was declined.</summary>
    private async Task<(string Output, string Error, int? Code)> AskAsync(CommandCall call)
    {
        using Socket socket = await ConnectAsync(call);
        await using NetworkStream stream = new(socket);
        (StringBuilder output, StringBuilder error) = (new(), new());
        while (true)
        {
            (CommandChannel channel, string text) = await FrameAsync(stream);
            switch (channel)
            {
                case CommandChannel.Output:
                    output.Append(text);
                    break;
                case CommandChannel.Error:
                    error.Append(text);
                    break;
                case CommandChannel.Exit:
                    return (output.ToString(), error.ToString(), BinaryPrimitives.ReadInt32LittleEndian(Encoding.Latin1.GetBytes(text)));
                default:
                    Assert.Equal(CommandChannel.Declined, channel);
                    return (output.ToString(), error.ToString(), null);
            }
        }
    }
}
