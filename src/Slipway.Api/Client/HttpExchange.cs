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

            return body is null
                ? await AnswerAsync(connection, method, path, cancellationToken).ConfigureAwait(false)
                : await SendBodyAsync(connection, method, path, body, length is null, cancellationToken).ConfigureAwait(false);
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

    /// <summary>The head of the answer; a refusal is read whole and thrown.</summary>
    private static async Task<HttpResponse> AnswerAsync(Stream connection, string method, string path, CancellationToken cancellationToken)
    {
        HttpResponse response = await HttpResponse.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        return response.Status is 101 or (>= 200 and < 300)
            ? response
            : throw new ApiException(await ReadProblemAsync(response, method, path, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Sends the body while it listens: a server that refuses early (no such repo) is heard at once, not after gigabytes. A server that accepts early has
    /// read all that it needs, as the end mark of a tar, but not yet our last bytes: those still go out beside its answer, since a sending that is cut off
    /// closes our half of the connection, and a server takes that for a client who has gone.
    /// </summary>
    private static async Task<HttpResponse> SendBodyAsync(
        Stream connection, string method, string path, BodyWriter body, bool chunked, CancellationToken cancellationToken)
    {
        CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // On a thread of its own, because the connection may block.
        Task<HttpResponse> answer = Task.Run(() => AnswerAsync(connection, method, path, cancellationToken), cancellationToken);
        Task<Exception?> sending = FailureAsync();
        await Task.WhenAny(answer, sending).ConfigureAwait(false);
        bool accepted = answer.IsCompletedSuccessfully;
        if (!accepted && !sending.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        _ = sending.ContinueWith(
            static (_, source) => ((CancellationTokenSource)source!).Dispose(), stop, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (accepted)
        {
            return await answer.ConfigureAwait(false);
        }

        // A source that cannot be read is our own failure: the server would wait for ever for the rest.
        Exception? failure = await sending.ConfigureAwait(false);
        if (failure is not null and not OperationCanceledException && !answer.IsCompleted && failure is not IOException { InnerException: SocketException })
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            await answer.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
            throw new BodyException(failure);
        }

        return await answer.ConfigureAwait(false);

        async Task<Exception?> FailureAsync()
        {
            try
            {
                await WriteAsync().ConfigureAwait(false);
                return null;
            }
            catch (Exception exception)
            {
                return exception;
            }
        }

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
