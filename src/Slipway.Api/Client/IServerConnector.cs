namespace Slipway.Api;

/// <summary>Opens connections to a server: over a unix socket or TCP, or to a fake in a test.</summary>
public interface IServerConnector
{
    /// <summary>How a message names the server: "unix:///run/slipway.sock".</summary>
    string Name { get; }

    /// <summary>A fresh duplex stream, whose disposal closes the connection. Throws IOException or SocketException when nobody listens.</summary>
    ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken);
}
