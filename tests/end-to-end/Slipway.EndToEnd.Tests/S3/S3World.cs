using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.S3;

/// <summary>A server with a TCP port and one access key, and clients for it.</summary>
public sealed class S3World : IAsyncLifetime
{
    private SlipwayBinary? _slipway;

    internal SlipwayBinary Slipway => _slipway ?? throw new InvalidOperationException("the fixture is not initialised");

    /// <summary>Where S3 is served.</summary>
    public Uri Endpoint { get; private set; } = null!;

    public string KeyId { get; private set; } = "";

    public string Secret { get; private set; } = "";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _slipway = await SlipwayBinary.CreateAsync(withBusybox: false);
        _slipway.SetEnvironment("SLIPWAY_MASTER_KEY_FILE", _slipway.Write("master.key", new string('a', 64)));
        await ListenAsync();
        using JsonDocument key = JsonDocument.Parse(await _slipway.RunAsync("key", "create", "--name", "tests", "-o", "json"));
        KeyId = key.RootElement.GetProperty("id").GetString()!;
        Secret = key.RootElement.GetProperty("secret").GetString()!;
    }

    /// <summary>Starts the server (again), maybe at another port.</summary>
    public async Task ListenAsync() => Endpoint = await Slipway.ListenAsync();

    /// <summary>A client of Amazon's own library.</summary>
    /// <param name="virtualHosts">The bucket stands in the host: <c>BUCKET.localhost</c>.</param>
    public AmazonS3Client Client(bool virtualHosts = false) => new(
        new BasicAWSCredentials(KeyId, Secret),
        new AmazonS3Config
        {
            ServiceURL = virtualHosts ? $"http://localhost:{Endpoint.Port}" : Endpoint.ToString(),
            ForcePathStyle = !virtualHosts,
            AuthenticationRegion = "eu-central-1",
            MaxErrorRetry = 0,
            HttpClientFactory = virtualHosts ? new Loopback(Endpoint.Port) : null,
        });

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_slipway is not null)
        {
            await _slipway.DisposeAsync();
        }
    }

    /// <summary>Names below <c>.localhost</c> mean this machine, but not every resolver knows it.</summary>
    private sealed class Loopback(int port) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }
}
