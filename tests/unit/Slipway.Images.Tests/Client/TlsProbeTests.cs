using System.Net;
using System.Net.Sockets;

namespace Slipway.Images.Client;

/// <summary>With TLS or without: where a registry is asked.</summary>
public sealed class TlsProbeTests
{
    [Theory]
    [InlineData("registry.example.com", false, "https://registry.example.com/")]
    [InlineData("registry.example.com:5000", true, "http://registry.example.com:5000/")]
    [InlineData("docker.io", false, "https://registry-1.docker.io/")]
    public async Task Of_another_machine_nobody_is_asked_first(string domain, bool plainHttp, string expected)
    {
        using RegistryClient client = RegistryClient.Open(TimeProvider.System);
        Assert.Equal(new Uri(expected), await client.FindAsync(domain, plainHttp, CancellationToken.None));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    public async Task Where_nobody_listens_it_is_the_way_without(string host)
    {
        using RegistryClient client = RegistryClient.Open(TimeProvider.System);
        Assert.Equal(new Uri($"http://{host}:1/"), await client.FindAsync($"{host}:1", plainHttp: false, CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_answers_in_plain_words_is_asked_without_and_only_once_a_minute()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int asked = 0;
        Task answering = Task.Run(async () =>
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                asked++;
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
        });
        using RegistryClient registries = RegistryClient.Open(TimeProvider.System);
        string domain = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        Assert.Equal("http", (await registries.FindAsync(domain, plainHttp: false, CancellationToken.None)).Scheme);
        Assert.Equal("http", (await registries.FindAsync(domain, plainHttp: false, CancellationToken.None)).Scheme);
        Assert.Equal(1, asked);
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => answering);
    }
}
