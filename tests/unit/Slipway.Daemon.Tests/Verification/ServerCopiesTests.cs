using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Content;
using Slipway.Daemon.Verification;

namespace Slipway.Daemon.Tests.Verification;

public sealed class ServerCopiesTests : IDisposable
{
    private static readonly byte[] Known = [1, 2, 3, 4];

    private readonly HttpListener _server = new();
    private readonly int _port = FreePort();
    private readonly List<string?> _authorizations = [];

    public void Dispose() => _server.Close();

    [Fact]
    public async Task Another_server_is_asked_by_digest_and_told_who_asks()
    {
        Task serving = ServeAsync(2);
        using ServerCopies copies = new(new Uri($"http://key:se%40cret@localhost:{_port}/"));
        await using Stream? found = await copies.TryOpenAsync(Digest.Of(Known), CancellationToken.None);
        using MemoryStream bytes = new();
        await found!.CopyToAsync(bytes);
        Assert.Equal(Known, bytes.ToArray());
        Assert.Null(await copies.TryOpenAsync(Digest.Of("absent"), CancellationToken.None));
        await serving;
        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("key:se@cret"))}", _authorizations[0]);
        Assert.DoesNotContain("cret", copies.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_and_not_a_missing_copy()
    {
        using ServerCopies copies = new(new Uri($"http://localhost:{_port}/"));
        SlipwayException failure = await Assert.ThrowsAsync<SlipwayException>(() => copies.TryOpenAsync(Digest.Of(Known), CancellationToken.None));
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync(int requests)
    {
        _server.Prefixes.Add($"http://localhost:{_port}/");
        _server.Start();
        for (int i = 0; i < requests; i++)
        {
            HttpListenerContext http = await _server.GetContextAsync();
            _authorizations.Add(http.Request.Headers["Authorization"]);
            bool known = http.Request.Url!.AbsolutePath == Slipway.Api.Routes.StoredBlobs && http.Request.QueryString["digest"] == Digest.Of(Known).ToString();
            http.Response.StatusCode = known ? 200 : 404;
            await http.Response.OutputStream.WriteAsync(known ? Known : []);
            http.Response.Close();
        }
    }
}
