using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Cli.Tests.Data.Sources;

/// <summary>A web server whose answers a test makes byte by byte; each connection takes one request and is closed, also in the middle of a body.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, byte[]> _answer;
    private readonly Task _serving;

    /// <param name="answer">From a request's head to all the bytes of its answer.</param>
    public WebServer(Func<string, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The heads of all requests so far.</summary>
    public List<string> Requests { get; } = [];

    public string Root => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public static byte[] Answer(string status, string headers, string body, int? length = null) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {length ?? Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using Socket socket = await _listener.AcceptSocketAsync();
                StringBuilder head = new();
                byte[] buffer = new byte[4096];
                int count;
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && (count = await socket.ReceiveAsync(buffer)) > 0)
                {
                    head.Append(Encoding.UTF8.GetString(buffer, 0, count));
                }

                Requests.Add(head.ToString());
                await socket.SendAsync(_answer(head.ToString()));
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                if (!_listener.Server.IsBound)
                {
                    return;
                }
            }
        }
    }
}
