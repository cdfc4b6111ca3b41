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
        using ContainerSession session = await server.Client.RunContainerAsync(new CreateContainerRequest { Image = "python" }, CancellationToken.None);
        session.SendStdin("hello"u8);
        SessionFrame? started = session.Read();
        Assert.Equal("abc", started!.Value.ReadStarted().Id);
        SessionFrame? output = session.Read();
        Assert.Equal((Channel.Stdout, 80_000), (output!.Value.Channel, output.Value.Payload.Length));
        session.SendControl(new ControlMessage(CloseStdin: true));
        SessionFrame? exit = session.Read();
        Assert.Equal(new ExitReport(3), exit!.Value.ReadExit());
        Assert.Null(session.Read());
        Assert.Equal(["Text python", "Stdin hello", """Control {"closeStdin":true}"""], heard);
    }

    [Fact]
    public async Task Pings_fragments_and_long_messages_are_read_as_the_protocol_says()
    {
        byte[] large = new byte[200_000];
        Random.Shared.NextBytes(large);
        List<string> heard = [];
        await using FakeServer server = new(async (request, stream) =>
        {
            using WebSocket socket = await AcceptAsync(request, stream);
            byte[] buffer = new byte[300_000];
            await socket.ReceiveAsync(buffer, CancellationToken.None);

            // A ping between two fragments of one message (RFC 6455, 5.4), then a long one in a single frame.
            await socket.SendAsync(new byte[] { (byte)Channel.Stdout, (byte)'a' }, WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);
            await stream.WriteAsync(new byte[] { 0x89, 2, (byte)'h', (byte)'i' });
            await socket.SendAsync("bc"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            await socket.SendAsync(large.Prepend((byte)Channel.Stderr).ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
            foreach (int length in new[] { 124, 125, 65_534, 65_535, 150_000 })
            {
                int filled = 0;
                WebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(filled).ToArray(), CancellationToken.None);
                    filled += part.Count;
                }
                while (!part.EndOfMessage);

                heard.Add($"{length} {filled}");
            }
        });
        using ContainerSession session = await server.Client.RunContainerAsync(new CreateContainerRequest { Image = "python" }, CancellationToken.None);
        SessionFrame fragments = session.Read()!.Value;
        Assert.Equal((Channel.Stdout, "abc"), (fragments.Channel, Encoding.UTF8.GetString(fragments.Payload.Span)));
        SessionFrame whole = session.Read()!.Value;
        Assert.Equal(Channel.Stderr, whole.Channel);
        Assert.Equal(large, whole.Payload.ToArray());
        foreach (int length in new[] { 124, 125, 65_534, 65_535, 150_000 })
        {
            session.SendStdin(new byte[length]);
        }

        Assert.Null(session.Read());
        Assert.Equal(["124 125", "125 126", "65534 65535", "65535 65536", "150000 150001"], heard);
    }

    [Theory]
    [InlineData("""{"exitCode":137,"oomKilled":true}""")]
    [InlineData("""{"exitCode":-1,"oomKilled":false}""")]
    [InlineData("""{"oomKilled":false,"exitCode":7}""")]
    [InlineData("""{"exitCode":127,"oomKilled":false,"error":{"kind":"not-found","message":"no such command"}}""")]
    public void An_exit_report_reads_the_same_by_hand_and_by_the_serializer(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        Assert.Equal(JsonSerializer.Deserialize(bytes, ApiJson.Default.ExitReport), new SessionFrame(Channel.Exit, bytes).ReadExit());
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
