using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Slipway.Api.Tests.Client;

public sealed class ContainerSessionTests
{
    [Fact]
    public async Task A_run_sends_its_request_first_then_frames_and_ends_with_the_exit_report()
    {
        List<string> heard = [];
        await using FakeServer server = new(async (request, stream) =>
        {
            using WebSocket socket = await AcceptAsync(request, stream);
            byte[] buffer = new byte[100_000];
            WebSocketReceiveResult first = await socket.ReceiveAsync(buffer, CancellationToken.None);
            heard.Add($"{first.MessageType} {JsonSerializer.Deserialize(buffer.AsSpan(0, first.Count), ApiJson.Default.CreateContainerRequest)!.Image}");
            await SendAsync(socket, Channel.Started, """{"id":"abc","name":"x"}""");
            while (true)
            {
                WebSocketReceiveResult next = await socket.ReceiveAsync(buffer, CancellationToken.None);
                string text = Encoding.UTF8.GetString(buffer, 1, next.Count - 1);
                heard.Add($"{(Channel)buffer[0]} {text}");
                if ((Channel)buffer[0] == Channel.Control)
                {
                    break;
                }

                await SendAsync(socket, Channel.Stdout, new string('o', 80_000));
            }

            await SendAsync(socket, Channel.Exit, """{"exitCode":3,"oomKilled":false}""");
        });
        await using ContainerSession session = await server.Client.RunContainerAsync(new CreateContainerRequest { Image = "python" }, CancellationToken.None);
        await session.SendStdinAsync("hello"u8.ToArray(), CancellationToken.None);
        SessionFrame? started = await session.ReadAsync(CancellationToken.None);
        Assert.Equal("abc", started!.Value.ReadStarted().Id);
        SessionFrame? output = await session.ReadAsync(CancellationToken.None);
        Assert.Equal((Channel.Stdout, 80_000), (output!.Value.Channel, output.Value.Payload.Length));
        await session.SendControlAsync(new ControlMessage(CloseStdin: true), CancellationToken.None);
        SessionFrame? exit = await session.ReadAsync(CancellationToken.None);
        Assert.Equal(new ExitReport(3), exit!.Value.ReadExit());
        Assert.Null(await session.ReadAsync(CancellationToken.None));
        Assert.Equal(["Text python", "Stdin hello", """Control {"closeStdin":true}"""], heard);
    }

    [Fact]
    public async Task A_refused_upgrade_is_an_exception()
    {
        await using FakeServer server = FakeServer.Json();
        ApiException exception = await Assert.ThrowsAsync<ApiException>(
            () => server.Client.ExecAsync("web", new ExecRequest { Command = ["ls"] }, CancellationToken.None));
        Assert.Equal("/api/v1/containers/web/exec", server.Requests.Single().Path);
        Assert.Equal("nothing there", exception.Message);
    }

    private static async Task<WebSocket> AcceptAsync(FakeRequest request, Stream stream)
    {
        // RFC 6455, 4.2.2: the answer's key is the hash of the request's with this constant.
#pragma warning disable CA5350
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(request.Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }

    private static Task SendAsync(WebSocket socket, Channel channel, string text) =>
        socket.SendAsync(new byte[] { (byte)channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
}
