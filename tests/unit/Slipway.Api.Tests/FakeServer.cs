using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Api.Tests;

/// <summary>An HTTP server on a unix socket in a temp folder, which answers as a test says and remembers what it was asked.</summary>
public sealed class FakeServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-fake-").FullName;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<FakeRequest, Stream, Task> answer;
    private readonly Task accepting;

    /// <param name="answer">Writes the raw answer to a request, whose body it may read from <see cref="FakeRequest.Body"/>.</param>
    public FakeServer(Func<FakeRequest, Stream, Task> answer)
    {
        this.answer = answer;
        Path = System.IO.Path.Combine(folder, "s");
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public string Path { get; }

    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    public SlipwayClient Client => new(SocketConnector.ForUnix(Path));

    /// <summary>A server that answers every request with JSON by "METHOD /path" without its query; others are 404.</summary>
    public static FakeServer Json(params (string Route, string Body)[] answers) => new(async (request, stream) =>
    {
        string body = answers.FirstOrDefault(known => known.Route == $"{request.Method} {request.Path.Split('?')[0]}").Body;
        await WriteAsync(stream, body is null ? 404 : 200, body ?? """{"kind":"notFound","message":"nothing there","hint":"try another"}""");
    });

    public static async Task WriteAsync(Stream stream, int status, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: {bytes.Length}\r\n\r\n"));
        await stream.WriteAsync(bytes);
    }

    /// <summary>Writes a body in chunks of at most <paramref name="size"/> bytes.</summary>
    public static async Task WriteChunksAsync(Stream stream, string body, int size)
    {
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        for (int at = 0; at < bytes.Length; at += size)
        {
            int count = Math.Min(size, bytes.Length - at);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(count.ToString("X", CultureInfo.InvariantCulture) + ";x=y\r\n"));
            await stream.WriteAsync(bytes.AsMemory(at, count));
            await stream.WriteAsync("\r\n"u8.ToArray());
        }

        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        Directory.Delete(folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync();
                _ = ServeAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
        {
            head.Append((char)one[0]);
        }

        FakeRequest request = new(head.ToString(), stream);
        Requests.Enqueue(request);
        try
        {
            await answer(request, stream);
        }
        catch (IOException)
        {
            // The client went away, as some tests want.
        }
    }
}
