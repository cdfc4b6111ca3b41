using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Slipway.Api;

/// <summary>A container's streams over a WebSocket. One reader and any number of writers may use it at once.</summary>
public sealed class ContainerSession : IAsyncDisposable
{
    private readonly WebSocket socket;
    private readonly SemaphoreSlim writing = new(1, 1);
    private byte[] buffer = new byte[64 * 1024];

    private ContainerSession(WebSocket socket) => this.socket = socket;

    public Task SendStdinAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => SendAsync(Channel.Stdin, bytes, cancellationToken);

    public Task SendControlAsync(ControlMessage message, CancellationToken cancellationToken) =>
        SendAsync(Channel.Control, JsonSerializer.SerializeToUtf8Bytes(message, ApiJson.Default.ControlMessage), cancellationToken);

    /// <summary>The next message, valid until the next call; null once the server closed.</summary>
    public async ValueTask<SessionFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        int filled = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result;
            try
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            }
            catch (WebSocketException)
            {
                return null;
            }

            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            filled += result.Count;
            if (result.EndOfMessage && filled > 0)
            {
                return new SessionFrame((Channel)buffer[0], buffer.AsMemory(1, filled - 1));
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        writing.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Upgrades a fresh connection and sends the request as the first text message.</summary>
    internal static async Task<ContainerSession> OpenAsync(IServerConnector connector, string path, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        string key = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
        string headers = $"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n";
        HttpResponse response = await HttpExchange.SendAsync(connector, "GET", path, headers, null, null, cancellationToken).ConfigureAwait(false);
        if (response.Status != 101)
        {
            await response.DisposeAsync().ConfigureAwait(false);
            throw new ApiException(new ProblemDetails(ProblemKinds.Internal, $"the server answered {response.Status} where a WebSocket was asked for"));
        }

        Stream stream = new PrependedStream(response.Reader.TakeBuffered(), response.Connection);
        WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.Zero });
        ContainerSession session = new(socket);
        if (!request.IsEmpty)
        {
            await socket.SendAsync(request, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }

        return session;
    }

    private async Task SendAsync(Channel channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(payload.Length + 1);
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            message[0] = (byte)channel;
            payload.CopyTo(message.AsMemory(1));
            await socket.SendAsync(message.AsMemory(0, payload.Length + 1), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
            ArrayPool<byte>.Shared.Return(message);
        }
    }
}
