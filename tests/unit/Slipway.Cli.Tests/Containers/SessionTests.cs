using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Slipway.Api;
using Slipway.Api.Tests;

namespace Slipway.Cli.Tests.Containers;

public sealed class SessionTests
{
    [Fact]
    public async Task Output_goes_to_its_stream_input_to_its_end_and_the_code_is_the_commands()
    {
        string heard = "";
        await using FakeServer server = new(async (request, stream) =>
        {
            using WebSocket socket = await AcceptAsync(request, stream);
            await ReceiveAsync(socket);
            heard += (await ReceiveAsync(socket))[1..];
            heard += "|" + (await ReceiveAsync(socket))[1..];
            await SendAsync(socket, Channel.Stdout, "out");
            await SendAsync(socket, Channel.Stderr, "err");
            await SendAsync(socket, Channel.Exit, """{"exitCode":42}""");
        });
        using TestWorld world = new(server, input: "typed"u8.ToArray());
        Assert.Equal(42, await world.RunAsync("run", "--pull", "never", "-i", "image", "cat"));
        Assert.Equal("""typed|{"closeStdin":true}""", heard);
        Assert.Equal("out", Encoding.ASCII.GetString(world.Bytes.ToArray()));
        Assert.Equal("err", Encoding.ASCII.GetString(world.ErrorBytes.ToArray()));
    }

    [Fact]
    public async Task A_command_that_never_began_is_told_with_its_hint()
    {
        await using FakeServer server = new(async (request, stream) =>
        {
            using WebSocket socket = await AcceptAsync(request, stream);
            await ReceiveAsync(socket);
            await SendAsync(socket, Channel.Exit, """{"exitCode":127,"error":{"kind":"notFound","message":"image has no 'nope'","hint":"look: slipway run image ls /bin"}}""");
        });
        using TestWorld world = new(server);
        Assert.Equal(127, await world.RunAsync("run", "--pull", "never", "image", "nope"));
        Assert.Equal("error: image has no 'nope'\nhint: look: slipway run image ls /bin\n", world.Error.ToString());
    }

    [Fact]
    public async Task A_server_that_goes_away_is_no_success()
    {
        await using FakeServer server = new(async (request, stream) =>
        {
            using WebSocket socket = await AcceptAsync(request, stream);
            await ReceiveAsync(socket);
        });
        using TestWorld world = new(server);
        Assert.Equal(125, await world.RunAsync("exec", "web", "ls"));
        Assert.Contains("lost the server", world.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_run_is_ours_to_tell()
    {
        await using FakeServer server = FakeServer.Json();
        using TestWorld world = new(server);
        Assert.Equal(125, await world.RunAsync("run", "--pull", "never", "image"));
        Assert.Equal("error: nothing there\nhint: try another\n", world.Error.ToString());
    }

    private static async Task<WebSocket> AcceptAsync(FakeRequest request, Stream stream)
    {
        // RFC 6455, 4.2.2: the answer's key is the hash of the request's with this constant.
#pragma warning disable CA5350
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(request.Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }

    private static async Task<string> ReceiveAsync(WebSocket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    private static Task SendAsync(WebSocket socket, Channel channel, string text) =>
        socket.SendAsync(new byte[] { (byte)channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
}
