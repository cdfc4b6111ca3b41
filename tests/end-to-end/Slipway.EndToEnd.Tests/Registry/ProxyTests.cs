using System.Net;
using System.Security.Cryptography;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>slipway serve --proxy</c>: a cache of another server of ours, and of Debian's docker-registry.</summary>
public sealed class ProxyTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    [Fact]
    public async Task An_image_comes_through_and_stays_without_its_upstream()
    {
        await using SlipwayBinary upstream = await SlipwayBinary.CreateAsync();
        await using SlipwayBinary cache = await SlipwayBinary.CreateAsync(withBusybox: false);
        Uri there = await upstream.ListenAsync();
        string digest = (await upstream.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "busybox")).Digest;
        string host = (await cache.ListenAsync("--proxy", there.ToString())).Authority;

        await CopyAsync($"docker://{host}/busybox:latest", $"oci:{cache.Folder}/first:it");
        await UntilThereAsync(cache, "busybox:latest");
        await upstream.RunAsync("daemon", "stop");
        await CopyAsync($"docker://{host}/busybox:latest", $"oci:{cache.Folder}/second:it");
        await CopyAsync($"docker://{host}/busybox@{digest}", $"oci:{cache.Folder}/third:it");
        Assert.Equal(digest, (await cache.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "busybox")).Digest);
        Assert.Contains("from the cache", await cache.RunAsync("run", "--rm", "busybox", "echo", "from the cache"), StringComparison.Ordinal);
        Assert.Contains("all is well", await cache.RunAsync("verify", "--all"), StringComparison.Ordinal);

        using HttpClient http = new() { BaseAddress = new Uri($"http://{host}") };
        using HttpResponseMessage nowhere = await http.GetAsync("/v2/not/here/manifests/1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, nowhere.StatusCode);
        Assert.Equal("UNAVAILABLE", await RegistryWorld.CodeAsync(nowhere));
    }

    [Fact]
    public async Task A_tag_moves_as_it_moves_upstream_unless_it_was_pushed_here()
    {
        await using SlipwayBinary cache = await SlipwayBinary.CreateAsync(withBusybox: false);
        using HttpClient http = new() { BaseAddress = await cache.ListenAsync("--proxy", world.Address.ToString()) };
        string one = await world.PushArtifactAsync("proxied/moves", "1", "the first"), two = await world.PushArtifactAsync("proxied/moves", "2", "the second");
        Assert.Equal(one, await http.GetStringAsync("/v2/proxied/moves/manifests/1"));
        using (HttpResponseMessage moved = await world.PutManifestAsync("proxied/moves", "1", two))
        {
            Assert.Equal(HttpStatusCode.Created, moved.StatusCode);
        }

        Assert.Equal(two, await http.GetStringAsync("/v2/proxied/moves/manifests/1"));
        Assert.Equal("the second", await http.GetStringAsync($"/v2/proxied/moves/blobs/{RegistryWorld.DigestOf("the second"u8.ToArray())}"));

        string own = await PushAsync(http, "proxied/moves", "1", "pushed here");
        Assert.Equal(own, await http.GetStringAsync("/v2/proxied/moves/manifests/1"));
        Assert.Equal(one, await http.GetStringAsync($"/v2/proxied/moves/manifests/{RegistryWorld.DigestOf(RegistryWorld.Bytes(one))}"));
        Assert.Equal(two, await (await world.GetAsync("/v2/proxied/moves/manifests/1")).Content.ReadAsStringAsync());
        using HttpResponseMessage missing = await http.GetAsync("/v2/proxied/moves/manifests/3");
        Assert.Equal("MANIFEST_UNKNOWN", await RegistryWorld.CodeAsync(missing));
    }

    [Fact]
    public async Task Many_clients_of_one_large_blob_get_it_while_it_comes()
    {
        byte[] content = RandomNumberGenerator.GetBytes(24 << 20);
        string digest = await world.PushBlobAsync("proxied/large", content);
        await using SlipwayBinary cache = await SlipwayBinary.CreateAsync(withBusybox: false);
        using HttpClient http = new() { BaseAddress = await cache.ListenAsync("--proxy", $"upstream.example={world.Address}") };
        using HttpResponseMessage head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v2/upstream.example/proxied/large/blobs/{digest}"));
        Assert.Equal(content.Length, head.Content.Headers.ContentLength);
        byte[][] got = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => http.GetByteArrayAsync($"/v2/upstream.example/proxied/large/blobs/{digest}")));
        Assert.All(got, bytes => Assert.Equal(digest, RegistryWorld.DigestOf(bytes)));
        using HttpRequestMessage part = new(HttpMethod.Get, $"/v2/upstream.example/proxied/large/blobs/{digest}");
        part.Headers.Range = new(5, 9);
        Assert.Equal(content[5..10], await (await http.SendAsync(part)).Content.ReadAsByteArrayAsync());
        using HttpResponseMessage other = await http.GetAsync($"/v2/proxied/large/blobs/{digest}");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Debians_docker_registry_is_an_upstream_too()
    {
        await using DockerRegistry upstream = await DockerRegistry.StartAsync();
        foreach (string name in (string[])["demo", "team/app"])
        {
            await CopyAsync($"docker://{world.Host}/busybox:latest", $"docker://{upstream.Host}/{name}:1");
        }

        await using SlipwayBinary cache = await SlipwayBinary.CreateAsync(withBusybox: false);
        string host = (await cache.ListenAsync("--proxy", $"http://{upstream.Host}")).Authority;
        foreach (string name in (string[])["demo", "team/app"])
        {
            await CopyAsync($"docker://{host}/{name}:1", $"oci:{cache.Folder}/{name.Replace('/', '-')}:it");
            await UntilThereAsync(cache, $"{name}:1");
        }

        Assert.Contains("through", await cache.RunAsync("run", "--rm", "team/app:1", "echo", "through"), StringComparison.Ordinal);
    }

    /// <summary>What a client has taken is whole here a moment later: the rest comes in the background.</summary>
    private static async Task UntilThereAsync(SlipwayBinary cache, string image)
    {
        const int Most = 500;
        for (int i = 0; i < Most; i++)
        {
            if ((await cache.TryAsync("image", "inspect", image)).ExitCode == 0)
            {
                return;
            }
        }

        Assert.Fail($"{image} did not come");
    }

    private static async Task<string> PushAsync(HttpClient http, string repository, string tag, string content)
    {
        byte[] layer = RegistryWorld.Bytes(content), config = RegistryWorld.Bytes("{}");
        foreach (byte[] blob in (byte[][])[layer, config])
        {
            using HttpResponseMessage sent = await http.PostAsync($"/v2/{repository}/blobs/uploads/?digest={RegistryWorld.DigestOf(blob)}", new ByteArrayContent(blob));
            Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        }

        string json = RegistryWorld.ArtifactJson(layer, config);
        using ByteArrayContent manifest = new(RegistryWorld.Bytes(json));
        manifest.Headers.ContentType = new(RegistryWorld.Manifest);
        using HttpResponseMessage answer = await http.PutAsync($"/v2/{repository}/manifests/{tag}", manifest);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return json;
    }

    private static async Task CopyAsync(string from, string to)
    {
        CommandOutput output = await ChildProcess.RunAsync("skopeo", ["--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false", from, to]);
        Assert.True(output.ExitCode == 0, output.ToString());
    }
}
