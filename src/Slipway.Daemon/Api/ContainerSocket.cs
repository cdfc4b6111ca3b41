using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Api;
using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Daemon.Api;

/// <summary>One end of a container's WebSocket: framed channels, one sender at a time.</summary>
internal sealed class ContainerSocket(WebSocket socket) : IAsyncDisposable
{
    private const int FrameBytes = 64 * 1024;
    private const int MaxRequestBytes = 1024 * 1024;

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _sending = new(1, 1);
    private Task? _input;

    /// <summary>Reads the text frame that opens the conversation.</summary>
    public async Task<T> ReceiveRequestAsync<T>(JsonTypeInfo<T> json, CancellationToken cancellationToken)
        where T : class
    {
        ArrayBufferWriter<byte> request = new();
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(request.GetMemory(FrameBytes), cancellationToken);
            request.Advance(received.Count);
            if (received.MessageType == WebSocketMessageType.Close || request.WrittenCount > MaxRequestBytes)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, "the conversation must open with one text frame that holds the request, of at most 1 MiB");
            }
        }
        while (!received.EndOfMessage);

        try
        {
            return JsonSerializer.Deserialize(request.WrittenSpan, json) ?? throw new SlipwayException(ErrorKind.InvalidArgument, "the request is null");
        }
        catch (JsonException error)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the opening frame is not the request of this route: {error.Message}", innerException: error);
        }
    }

    /// <summary>Sends one record on a channel.</summary>
    public Task SendAsync<T>(Channel channel, T value, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        SendAsync(channel, JsonSerializer.SerializeToUtf8Bytes(value, json), cancellationToken);

    /// <summary>
    /// Carries output to the client until the process has closed it, and the client's stdin, sizes and signals to the process.
    /// A client that goes away ends the carrying, not the process.
    /// </summary>
    /// <param name="signal">Where signals go; null drops them.</param>
    public async Task PumpAsync(ContainerStreams streams, Func<int, ValueTask>? signal, CancellationToken cancellationToken)
    {
        // The reader ends with the socket: a WebSocket whose receive is cancelled is aborted, and could not carry the exit report any more.
        _input = CarryInputAsync(streams, signal, cancellationToken);
        while (await streams.ReadAsync(cancellationToken) is { } chunk)
        {
            await SendAsync(chunk.Stream == StreamKind.Stderr ? Channel.Stderr : Channel.Stdout, chunk.Content, cancellationToken);
        }
    }

    /// <summary>
    /// Sends the exit report, closes, and waits a moment for the client to close too: whoever aborts a connection with bytes under way loses them.
    /// </summary>
    public async Task EndAsync(ExitReport report, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(Channel.Exit, report, ApiJson.Default.ExitReport, cancellationToken);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            _input ??= DrainAsync(cancellationToken);
            await _input.WaitAsync(ClosePatience, cancellationToken);
        }
        catch (Exception error) when (error is WebSocketException or TimeoutException)
        {
            // The client has gone already, or does not read any more: nobody is left to tell.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        if (_input is { } input)
        {
            await input;
        }

        _sending.Dispose();
    }

    /// <summary>Reads what the client still says, until it closes.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        byte[] ignored = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(ignored.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
            {
                // Nothing that it says matters any more.
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // It has gone without closing.
        }
    }

    private async Task CarryInputAsync(ContainerStreams streams, Func<int, ValueTask>? signal, CancellationToken cancellationToken)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(FrameBytes);
        try
        {
            while (true)
            {
                int length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (length == frame.Length)
                    {
                        throw new SlipwayException(ErrorKind.InvalidArgument, $"a frame is longer than {FrameBytes} bytes");
                    }

                    received = await socket.ReceiveAsync(frame.AsMemory(length), cancellationToken);
                    length += received.Count;
                }
                while (!received.EndOfMessage);

                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                await HandleAsync(frame.AsMemory(0, length), streams, signal, cancellationToken);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or ObjectDisposedException or SlipwayException or JsonException)
        {
            // The client is gone or speaks nonsense, or the process has ended: input ends here, and so does the process's stdin.
            await CloseStdinAsync(streams);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private static async Task CloseStdinAsync(ContainerStreams streams)
    {
        try
        {
            await streams.CloseStdinAsync(CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            // The conversation is over already.
        }
    }

    private static async Task HandleAsync(
        ReadOnlyMemory<byte> frame, ContainerStreams streams, Func<int, ValueTask>? signal, CancellationToken cancellationToken)
    {
        if (frame.IsEmpty)
        {
            return;
        }

        ReadOnlyMemory<byte> payload = frame[1..];
        switch ((Channel)frame.Span[0])
        {
            case Channel.Stdin:
                await streams.WriteStdinAsync(payload, cancellationToken);
                break;
            case Channel.Control:
                ControlMessage? control = JsonSerializer.Deserialize(payload.Span, ApiJson.Default.ControlMessage);
                if (control?.Resize is { } size)
                {
                    await streams.ResizeAsync(size.Rows, size.Cols, cancellationToken);
                }

                if (control?.Signal is { } name && signal is not null)
                {
                    await signal(SignalName.Parse(name));
                }

                if (control?.CloseStdin is true)
                {
                    await streams.CloseStdinAsync(cancellationToken);
                }

                break;
        }
    }

    private async Task SendAsync(Channel channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(payload.Length + 1);
        await _sending.WaitAsync(cancellationToken);
        try
        {
            frame[0] = (byte)channel;
            payload.CopyTo(frame.AsMemory(1));
            await socket.SendAsync(frame.AsMemory(0, payload.Length + 1), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
