using System.Net;
using System.Net.Sockets;

namespace Slipway.Api;

/// <summary>A server by its address: a unix socket's path or "http://host:port".</summary>
public sealed class SocketConnector(EndPoint endPoint, string name) : IServerConnector
{
    /// <summary>What the kernel allows in sockaddr_un, without the closing NUL.</summary>
    public const int MaximumUnixPathBytes = 107;

    public string Name { get; } = name;

    public static SocketConnector ForUnix(string path) => new(new UnixDomainSocketEndPoint(path), "unix://" + path);

    /// <summary>Reads "unix:///path", "/path", "http://host:port" or "tcp://host:port"; null for anything else.</summary>
    public static SocketConnector? TryParse(string address)
    {
        if (address.StartsWith("unix://", StringComparison.Ordinal) || address.StartsWith('/'))
        {
            string path = address.StartsWith('/') ? address : address["unix://".Length..];
            return path.Length is > 0 and <= MaximumUnixPathBytes ? ForUnix(path) : null;
        }

        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "tcp" && uri.Port > 0
            ? new SocketConnector(new DnsEndPoint(uri.Host, uri.Port), address)
            : null;
    }

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        bool unix = endPoint is UnixDomainSocketEndPoint;
        Socket socket = unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
