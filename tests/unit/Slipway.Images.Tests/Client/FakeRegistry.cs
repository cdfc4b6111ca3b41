using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Images.Client;

/// <summary>A server on loopback that answers whatever a test says, one request a connection, and keeps what it was asked. Real sockets, so that a broken connection is one.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FakeRequest, Task<FakeAnswer>> _answer;
    private readonly Func<FakeRequest, bool> _breaks;
    private readonly Task _loop;

    /// <param name="breaks">Whether the connection breaks after the first piece of a request's body, which the request does not hold yet; null: none does.</param>
    public FakeRegistry(Func<FakeRequest, FakeAnswer> answer, Func<FakeRequest, bool>? breaks = null)
        : this(request => Task.FromResult(answer(request)), breaks)
    {
    }

    /// <summary>One that may take its time.</summary>
    public FakeRegistry(Func<FakeRequest, Task<FakeAnswer>> answer, Func<FakeRequest, bool>? breaks = null)
    {
        _answer = answer;
        _breaks = breaks ?? (_ => false);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _loop = AcceptAsync();
    }

    public Uri Address { get; }

    public ConcurrentQueue<FakeRequest> Asked { get; } = [];

    /// <summary>What it was asked below a path.</summary>
    public FakeRequest[] AskedFor(string path) => [.. Asked.Where(request => request.Target.StartsWith(path, StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        // It stops listening only when nobody accepts any more: to accept then is another failure than to be cancelled.
        await _stop.CancelAsync();
        await _loop;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                FakeRequest request = await ReadAsync(stream, _stop.Token);
                Asked.Enqueue(request);
                FakeAnswer answer = await _answer(request);
                StringBuilder head = new();
                head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} It\r\nConnection: close\r\n");
                foreach ((string name, string value) in answer.Headers.Prepend(("Content-Length", answer.Body.Length.ToString(CultureInfo.InvariantCulture))))
                {
                    head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
                await stream.WriteAsync(request.Method == "HEAD" ? default : answer.Body.AsMemory(0, Math.Min(answer.Cut ?? int.MaxValue, answer.Body.Length)), _stop.Token);
                if (answer.Silent)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException)
            {
                // The client went away, or the test has ended.
            }
        }
    }

    private async Task<FakeRequest> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
        string[] first = (await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("nothing was asked")).Split(' ');
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            string[] parts = line.Split(": ", 2);
            headers[parts[0]] = parts[1];
        }

        FakeRequest request = new(first[0], first[1], headers, "");
        if (_breaks(request))
        {
            Asked.Enqueue(request);
            await reader.ReadBlockAsync(new char[1], cancellationToken);
            throw new IOException("the connection breaks");
        }

        bool isChunked = headers.GetValueOrDefault("Transfer-Encoding") == "chunked";
        string body = isChunked ? await ChunksAsync(reader, cancellationToken)
            : await BodyAsync(reader, int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture), cancellationToken);
        return request with { Body = body };
    }

    private static async Task<string> ChunksAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        StringBuilder body = new();
        while (int.Parse(await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("the body is cut off"), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var length)
        {
            body.Append(await BodyAsync(reader, length, cancellationToken));
            await reader.ReadLineAsync(cancellationToken);
        }

        await reader.ReadLineAsync(cancellationToken);
        return body.ToString();
    }

    private static async Task<string> BodyAsync(StreamReader reader, int length, CancellationToken cancellationToken)
    {
        char[] body = new char[length];
        int came = length == 0 ? 0 : await reader.ReadBlockAsync(body, cancellationToken);
        return came == length ? new string(body) : throw new IOException("the body is cut off");
    }
}
