using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.Collection;
using Slipway.Daemon.Registry;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Tests.Collection;

namespace Slipway.Daemon.Tests.Registry;

/// <summary>What goes a week after it came, by a clock of the test's: uploads that nobody ends, and blobs that no manifest names.</summary>
public sealed class ExpiryTests : IAsyncLifetime
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7), Second = TimeSpan.FromSeconds(1);
    private readonly HandClock _clock = new();
    private StoreWorld _world = null!;
    private RegistryDoor _door = null!;

    public async Task InitializeAsync()
    {
        _world = await StoreWorld.OpenAsync();
        _door = RegistryDoorFuzzTests.DoorOf(_world, AnonymousAccess.Local, _clock);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task An_upload_that_nobody_ends_goes_after_a_week_with_its_chunks()
    {
        string upload = (await AskAsync("POST", "/v2/a/blobs/uploads/")).Response.Headers.Location.ToString();
        Assert.Equal(202, (await AskAsync("PATCH", upload, "the first chunk")).Response.StatusCode);
        _clock.Move(Week);
        Assert.Equal(202, (await AskAsync("PATCH", upload, "the second")).Response.StatusCode);
        await CollectAsync();
        Assert.Equal("0-24", (await AskAsync("GET", upload)).Response.Headers.Range.ToString());

        _clock.Move(Second);
        await CollectAsync();
        Assert.Equal(404, (await AskAsync("GET", upload)).Response.StatusCode);
        await CollectAsync();
        Assert.Null(await _world.Blobs.FindAsync(Digest.Of("the first chunk"), CancellationToken.None));
        Assert.Null(await _world.Blobs.FindAsync(Digest.Of("the second"), CancellationToken.None));
    }

    [Fact]
    public async Task A_blob_that_no_manifest_names_goes_after_a_week_unless_it_is_asked_for()
    {
        await PushAsync("lonely");
        await PushAsync("asked for");
        _clock.Move(Week - Second);
        Assert.Equal(200, (await AskAsync("HEAD", BlobOf("asked for"))).Response.StatusCode);
        await CollectAsync();
        Assert.Equal(200, (await AskAsync("GET", BlobOf("lonely"))).Response.StatusCode);

        _clock.Move(Second + Second);
        await CollectAsync();
        Assert.Equal(404, (await AskAsync("GET", BlobOf("lonely"))).Response.StatusCode);
        Assert.Equal(200, (await AskAsync("GET", BlobOf("asked for"))).Response.StatusCode);
        await CollectAsync();
        Assert.Null(await _world.Blobs.FindAsync(Digest.Of("lonely"), CancellationToken.None));

        _clock.Move(Week);
        await CollectAsync();
        Assert.Equal(404, (await AskAsync("GET", BlobOf("asked for"))).Response.StatusCode);
    }

    [Fact]
    public async Task What_a_manifest_names_stays_and_goes_with_the_manifest()
    {
        await PushAsync("{}");
        string json = $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{Digest.Of("{}")}}","size":2},"layers":[]}""";
        Assert.Equal(201, (await AskAsync("PUT", "/v2/a/manifests/1", json)).Response.StatusCode);
        _clock.Move(52 * Week);
        await CollectAsync();
        Assert.Equal(200, (await AskAsync("GET", BlobOf("{}"))).Response.StatusCode);

        Assert.Equal(202, (await AskAsync("DELETE", "/v2/a/manifests/" + Digest.Of(json))).Response.StatusCode);
        Assert.Equal(200, (await AskAsync("GET", BlobOf("{}"))).Response.StatusCode);
        await CollectAsync();
        Assert.Equal(404, (await AskAsync("GET", BlobOf("{}"))).Response.StatusCode);
    }

    private static string BlobOf(string content) => "/v2/a/blobs/" + Digest.Of(content);

    private Task CollectAsync() => _world.Collector.RunAsync(CollectionSchedule.Rules(_clock, null), rehearse: false, null, CancellationToken.None);

    private async Task PushAsync(string content) =>
        Assert.Equal(201, (await AskAsync("POST", "/v2/a/blobs/uploads/", content, "?digest=" + Digest.Of(content))).Response.StatusCode);

    private async Task<DefaultHttpContext> AskAsync(string method, string path, string body = "", string query = "")
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Method = method;
        http.Request.Path = path;
        http.Request.QueryString = new QueryString(query);
        http.Request.Host = new HostString("localhost", 5000);
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        http.Response.Body = new MemoryStream();
        await _door.AnswerAsync(http);
        return http;
    }
}
