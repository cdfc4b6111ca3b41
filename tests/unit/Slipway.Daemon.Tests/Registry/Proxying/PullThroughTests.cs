using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Registry;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Registry.Proxying;
using Slipway.Daemon.Tests.Collection;
using Slipway.Images;
using Slipway.Images.Client;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Tests.Registry.Proxying;

/// <summary>A cache before an upstream that counts, fails and lies.</summary>
public sealed class PullThroughTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] Layer = StoreWorld.Content(3_000_000, 7);
    private readonly FakeUpstream _upstream = new();
    private StoreWorld _world = null!;
    private readonly HandClock _clock = new();
    private BlobFetches _fetches = null!;
    private CacheExpiry _expiry = null!;
    private bool _isUsed;
    private PullThrough _cache = null!;
    private RegistryDoor _door = null!;

    private static TimeSpan Kept => TimeSpan.FromDays(30);

    private static string LayerPath => $"/v2/app/blobs/{Digest.Of(Layer)}";

    public async Task InitializeAsync()
    {
        _world = await StoreWorld.OpenAsync();
        Open();
    }

    public async Task DisposeAsync()
    {
        await _cache.DisposeAsync();
        await _world.DisposeAsync();
    }

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task Who_asks_for_one_blob_together_gets_it_from_one_fetch()
    {
        _upstream.Put("1", Layer);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _upstream.Gate = gate.Task;
        Task<DefaultHttpContext>[] asked = [.. Enumerable.Range(0, 8).Select(_ => AskAsync("GET", LayerPath))];
        gate.SetResult();
        foreach (DefaultHttpContext http in await Task.WhenAll(asked))
        {
            Assert.Equal(200, http.Response.StatusCode);
            Assert.Equal(Layer, Body(http));
        }

        Assert.Equal(1, _upstream.Asked[$"GET {LayerPath}"]);
        _upstream.IsDown = true;
        Assert.Equal(Layer, Body(await AskAsync("GET", LayerPath)));
    }

    [Fact]
    public async Task An_image_that_a_client_takes_a_layer_of_is_here_whole_and_one_that_it_looks_at_is_not()
    {
        Digest manifest = _upstream.Put("1", Layer);
        Assert.Equal(200, (await AskAsync("GET", "/v2/app/manifests/1")).Response.StatusCode);
        Assert.Equal(200, (await AskAsync("GET", $"/v2/app/blobs/{Digest.Of("{}")}")).Response.StatusCode);
        await RestartAsync();
        Assert.False(_upstream.Asked.ContainsKey($"GET {LayerPath}"));

        Assert.Equal(200, (await AskAsync("GET", "/v2/app/manifests/1")).Response.StatusCode);
        Assert.Equal(Layer, Body(await AskAsync("GET", LayerPath)));
        await _fetches.UntilIdleAsync();
        _upstream.IsDown = true;
        foreach (string reference in (string[])["1", manifest.ToString()])
        {
            Assert.Equal(manifest.ToString(), (await AskAsync("HEAD", $"/v2/app/manifests/{reference}")).Response.Headers["Docker-Content-Digest"].ToString());
        }

        Assert.Empty((await _world.Verifier.VerifyAllAsync(null, null, CancellationToken.None)).Faults);
    }

    [Fact]
    public async Task Wrong_bytes_are_never_a_whole_answer_and_are_not_kept()
    {
        _upstream.Put("1", Layer);
        _upstream.Damage = content => [.. content.Select(one => (byte)~one)];
        DefaultHttpContext http = await AskAsync("GET", LayerPath);

        // (Over a real connection the refusal comes too late to be said, and the connection is broken off.)
        Assert.Equal(500, http.Response.StatusCode);
        Assert.False(Body(http).AsSpan().StartsWith(_upstream.Damage(Layer)));
        Assert.Null(await _world.Blobs.FindAsync(Digest.Of(Layer), CancellationToken.None));

        _upstream.Damage = content => content;
        Assert.Equal(Layer, Body(await AskAsync("GET", LayerPath)));
    }

    [Fact]
    public async Task A_blob_that_is_stored_for_somebody_else_is_seen_when_the_upstream_has_it_and_not_fetched()
    {
        await _world.Blobs.PutAsync(Layer, CancellationToken.None);
        Assert.Equal(404, (await AskAsync("GET", LayerPath)).Response.StatusCode);
        _upstream.Put("1", Layer);
        Assert.Equal(Layer, Body(await AskAsync("GET", LayerPath)));
        Assert.False(_upstream.Asked.ContainsKey($"GET {LayerPath}"));
    }

    [Fact]
    public async Task What_the_upstream_has_not_is_unknown_and_what_it_cannot_say_is_unavailable()
    {
        Assert.Equal(404, (await AskAsync("GET", "/v2/app/manifests/1")).Response.StatusCode);
        _upstream.IsDown = true;
        Assert.Equal(503, (await AskAsync("GET", "/v2/app/manifests/1")).Response.StatusCode);
        Assert.Equal(503, (await AskAsync("GET", LayerPath)).Response.StatusCode);
        Assert.Equal(404, (await AskAsync("GET", "/v2/ghcr.io/app/manifests/1")).Response.StatusCode);
    }

    [Fact]
    public async Task A_tag_of_ours_is_never_the_upstreams()
    {
        Digest theirs = _upstream.Put("1", Layer);
        Assert.True(RepositoryName.TryParse("app", out RepositoryName? repository));
        RepositoryStore repositories = new(_world.Rows, _world.Blobs, TimeProvider.System);
        await repositories.AddBlobAsync(repository, await _world.Blobs.PutAsync("{}"u8.ToArray(), CancellationToken.None), CancellationToken.None);
        byte[] json = System.Text.Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{Digest.Of("{}")}}","size":2},"layers":[]}""");
        await repositories.PutManifestAsync(repository, json, MediaTypes.OciManifest, "1", whole: true, CancellationToken.None);
        Assert.Equal(json, Body(await AskAsync("GET", "/v2/app/manifests/1")));
        Assert.Empty(_upstream.Asked);
        Assert.Equal(200, (await AskAsync("GET", $"/v2/app/manifests/{theirs}")).Response.StatusCode);
    }

    [Fact]
    public async Task What_nobody_asks_for_goes_unless_it_runs_or_is_ours_by_now()
    {
        byte[] other = StoreWorld.Content(1000, 9);
        foreach ((string tag, byte[] layer) in new[] { ("1", Layer), ("2", other) })
        {
            _upstream.Put(tag, layer);
            Assert.Equal(200, (await AskAsync("GET", $"/v2/app/manifests/{tag}")).Response.StatusCode);
            Assert.Equal(200, (await AskAsync("GET", $"/v2/app/blobs/{Digest.Of(layer)}")).Response.StatusCode);
        }

        await _fetches.UntilIdleAsync();
        _clock.Move(Kept);
        Assert.Equal(200, (await AskAsync("GET", "/v2/app/manifests/2")).Response.StatusCode);
        Assert.Equal(0, await _expiry.RunAsync(CancellationToken.None));
        _clock.Move(TimeSpan.FromSeconds(1));
        _isUsed = true;
        Assert.Equal(0, await _expiry.RunAsync(CancellationToken.None));
        _isUsed = false;
        Assert.Equal(1, await _expiry.RunAsync(CancellationToken.None));
        _upstream.IsDown = true;
        Assert.Equal(503, (await AskAsync("GET", "/v2/app/manifests/1")).Response.StatusCode);
        Assert.Equal(200, (await AskAsync("GET", "/v2/app/manifests/2")).Response.StatusCode);

        Assert.True(RepositoryName.TryParse("app", out RepositoryName? repository));
        RepositoryStore repositories = new(_world.Rows, _world.Blobs, TimeProvider.System);
        ManifestRecord kept = (await repositories.FindManifestAsync(repository, "2", CancellationToken.None))!;
        await repositories.PutManifestAsync(repository, await _world.Blobs.ReadAllAsync(kept.Manifest, CancellationToken.None), null, "ours", whole: true, CancellationToken.None);
        _clock.Move(2 * Kept);
        Assert.Equal(0, await _expiry.RunAsync(CancellationToken.None));
        Assert.Equal(200, (await AskAsync("GET", "/v2/app/manifests/ours")).Response.StatusCode);
    }

    private void Open()
    {
        RepositoryStore repositories = new(_world.Rows, _world.Blobs, TimeProvider.System);
        Upstream there = new("docker.io", new Uri("http://upstream.example/"));
        UpstreamRegistry registry = new(ImmutableSortedDictionary<string, Upstream>.Empty.Add(there.Domain, there), null, new RegistryClient(_upstream, TimeProvider.System), TimeProvider.System);
        _fetches = new BlobFetches(registry, repositories, _world.Blobs, _world.Blobs.Leases);
        ProxiedTagStore tags = new(_world.Rows);
        ProxiedManifestStore manifests = new(_world.Rows, _clock);
        _expiry = new CacheExpiry(repositories, tags, manifests, Kept, (_, _) => ValueTask.FromResult(_isUsed), () => { }, _clock);
        _cache = new PullThrough(registry, repositories, tags, manifests, _world.Blobs, _fetches, _expiry);
        _door = RegistryDoorFuzzTests.DoorOf(_world, AnonymousAccess.Local, TimeProvider.System, _cache);
    }

    private async Task RestartAsync()
    {
        await _fetches.DisposeAsync();
        Open();
    }

    private async Task<DefaultHttpContext> AskAsync(string method, string path)
    {
        DefaultHttpContext http = Request(method, path);
        await _door.AnswerAsync(http);
        return http;
    }

    private static DefaultHttpContext Request(string method, string path)
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Method = method;
        http.Request.Path = path;
        http.Request.Host = new HostString("localhost", 5000);
        http.Response.Body = new MemoryStream();
        return http;
    }

    private static byte[] Body(DefaultHttpContext http) => ((MemoryStream)http.Response.Body).ToArray();
}
