using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Slipway.Api;

/// <summary>
/// One request and its answer over a connection of its own. Written by hand because a command lives for milliseconds: the platform's HTTP client took
/// 40 ms of them before its first byte (docs/decisions), this takes none to speak of.
/// </summary>
internal static class HttpExchange
{
    /// <summary>A body of at most so many bytes is in the socket's buffer before a server could refuse it, so nobody listens meanwhile.</summary>
    private const int SmallBody = 32 * 1024;

    /// <summary>Writes a body into the stream it is given.</summary>
    public delegate Task BodyWriter(Stream destination, CancellationToken cancellationToken);

    /// <summary>Sends and returns a 2xx or 101 answer; anything else becomes an <see cref="ApiException"/>.</summary>
    /// <param name="headers">Extra header lines, each ended by CRLF; they come from us, never from a user unescaped.</param>
    /// <param name="length">The body's length, or null: in chunks.</param>
    public static async Task<HttpResponse> SendAsync(
        IServerConnector connector, string method, string path, string headers, BodyWriter? body, long? length, CancellationToken cancellationToken)
    {
        Stream connection = await OpenAsync(connector, cancellationToken).ConfigureAwait(false);
        try
        {
            string framing = body is null ? method is "GET" or "HEAD" ? "" : "Content-Length: 0\r\n"
                : length is null ? "Transfer-Encoding: chunked\r\n" : $"Content-Length: {length}\r\n";
            byte[] head = Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: slipway\r\n{framing}{headers}\r\n");
            await connection.WriteAsync(head, cancellationToken).ConfigureAwait(false);
            if (body is not null && length <= SmallBody)
            {
                await body(connection, cancellationToken).ConfigureAwait(false);
                body = null;
            }

            HttpResponse response = body is null
                ? await HttpResponse.ReadAsync(connection, cancellationToken).ConfigureAwait(false)
                : await SendBodyAsync(connection, body, length is null, cancellationToken).ConfigureAwait(false);
            if (response.Status is 101 or (>= 200 and < 300))
            {
                return response;
            }

            throw new ApiException(await ReadProblemAsync(response, method, path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (exception is IOException or SocketException or InvalidDataException && !cancellationToken.IsCancellationRequested)
            {
                throw new ApiException(
                    new ProblemDetails(ProblemKinds.Unreachable, $"lost the server at {connector.Name}: {exception.Message}", "see the end of daemon.log in SLIPWAY_HOME, then try again"),
                    exception);
            }

            throw;
        }
    }

    private static async Task<Stream> OpenAsync(IServerConnector connector, CancellationToken cancellationToken)
    {
        try
        {
            return await connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            throw new ApiException(
                new ProblemDetails(ProblemKinds.Unreachable, $"no server answers at {connector.Name}: {exception.Message}", "start one with: slipway serve"), exception);
        }
    }

    /// <summary>Sends the body while it listens: a server that refuses early (no such repo) is heard at once, not after gigabytes.</summary>
    private static async Task<HttpResponse> SendBodyAsync(Stream connection, BodyWriter body, bool chunked, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // On a thread of its own, because the connection may block.
        Task<HttpResponse> answer = Task.Run(() => HttpResponse.ReadAsync(connection, cancellationToken), cancellationToken);
        Task sending = WriteAsync();
        await Task.WhenAny(answer, sending).ConfigureAwait(false);
        if (!sending.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        Exception? failure = null;
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            failure = exception;
        }

        // A source that cannot be read is our own failure: the server would wait for ever for the rest.
        if (failure is not null and not OperationCanceledException && !answer.IsCompleted && failure is not IOException { InnerException: SocketException })
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            await answer.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
            throw new BodyException(failure);
        }

        return await answer.ConfigureAwait(false);

        async Task WriteAsync()
        {
            if (!chunked)
            {
                await body(connection, stop.Token).ConfigureAwait(false);
                return;
            }

            ChunkedWriteStream stream = new(connection);
            await body(stream, stop.Token).ConfigureAwait(false);
            await stream.CompleteAsync(stop.Token).ConfigureAwait(false);
        }
    }

    private static async Task<ProblemDetails> ReadProblemAsync(HttpResponse response, string method, string path, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new();
        if (method != "HEAD")
        {
            await response.Body.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            ProblemDetails? problem = bytes.Length == 0 ? null : JsonSerializer.Deserialize(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), ApiJson.Default.ProblemDetails);
            if (problem is { Kind: not null, Message: not null })
            {
                return problem;
            }
        }
        catch (JsonException)
        {
            // Not one of ours: the status alone must do.
        }

        string kind = response.Status switch { 404 => ProblemKinds.NotFound, 400 => ProblemKinds.InvalidArgument, _ => ProblemKinds.Internal };
        return new ProblemDetails(kind, $"the server answered {response.Status} to {method} {path.Split('?')[0]}");
    }
}
