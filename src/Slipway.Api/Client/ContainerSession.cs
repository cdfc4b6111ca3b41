using System.Text.Json;

namespace Slipway.Api;

/// <summary>
/// A container's streams over a WebSocket. One reader and any number of writers may use it at once, each on a thread of its own: calls block. Whoever
/// disposes it ends the reader's wait.
/// </summary>
public sealed class ContainerSession : IDisposable
{
    private readonly WebSocketStream socket;

    private ContainerSession(WebSocketStream socket) => this.socket = socket;

    /// <exception cref="IOException">The connection is lost.</exception>
    public void SendStdin(ReadOnlySpan<byte> bytes) => socket.SendBinary((byte)Channel.Stdin, bytes);

    /// <exception cref="IOException">The connection is lost.</exception>
    public void SendControl(ControlMessage message) =>
        socket.SendBinary((byte)Channel.Control, JsonSerializer.SerializeToUtf8Bytes(message, ApiJson.Default.ControlMessage));

    /// <summary>The next message, valid until the next call; null once the server closed or is lost.</summary>
    public SessionFrame? Read()
    {
        ReadOnlyMemory<byte>? message;
        do
        {
            message = socket.Receive();
        }
        while (message is { IsEmpty: true });

        return message is { } frame ? new SessionFrame((Channel)frame.Span[0], frame[1..]) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

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

        WebSocketStream socket = new(response.Reader, response.Connection);
        if (!request.IsEmpty)
        {
            socket.SendText(request.Span);
        }

        return new ContainerSession(socket);
    }
}
