using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>One store: what is pushed runs, what is here can be pulled; through skopeo, another project's client.</summary>
public sealed class ImageTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private static readonly string[] Plain = ["--insecure-policy"];

    [Fact]
    public async Task An_image_of_ours_is_pulled_pushed_under_another_name_and_run()
    {
        string folder = Directory.CreateDirectory(Path.Combine(world.Slipway.Folder, "layout")).FullName;
        await SkopeoAsync("copy", "--preserve-digests", "--src-tls-verify=false", $"docker://{world.Host}/busybox:latest", $"oci:{folder}:it");
        await SkopeoAsync("copy", "--preserve-digests", "--dest-tls-verify=false", $"oci:{folder}:it", $"docker://{world.Host}/team/app:2");
        Assert.Contains("hello", await world.Slipway.RunAsync("run", "--rm", "team/app:2", "echo", "hello"), StringComparison.Ordinal);
        Assert.Equal(await DigestAsync("busybox:latest"), await DigestAsync("team/app:2"));
    }

    [Fact]
    public async Task By_digest_the_same_bytes_are_copied_to_another_repository()
    {
        string digest = await DigestAsync("busybox:latest");
        await SkopeoAsync("copy", "--src-tls-verify=false", "--dest-tls-verify=false", $"docker://{world.Host}/busybox@{digest}", $"docker://{world.Host}/copies/busybox:3");
        Assert.Equal(digest, await DigestAsync("copies/busybox:3"));
        Assert.Contains(await world.Slipway.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images"), image => image.Reference == "copies/busybox:3" && image.Digest == digest);
    }

    [Fact]
    public async Task Dockers_schema_is_kept_as_it_is_and_runs()
    {
        await SkopeoAsync("copy", "--format", "v2s2", "--src-tls-verify=false", "--dest-tls-verify=false", $"docker://{world.Host}/busybox:latest", $"docker://{world.Host}/dockers:1");
        using HttpResponseMessage manifest = await world.GetAsync("/v2/dockers/manifests/1");
        Assert.Equal("application/vnd.docker.distribution.manifest.v2+json", manifest.Content.Headers.ContentType!.ToString());
        Assert.Contains("runs", await world.Slipway.RunAsync("run", "--rm", "dockers:1", "echo", "runs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_removed_by_one_door_is_gone_from_the_other()
    {
        await SkopeoAsync("copy", "--src-tls-verify=false", "--dest-tls-verify=false", $"docker://{world.Host}/busybox:latest", $"docker://{world.Host}/both/doors:1");
        await world.Slipway.RunAsync("tag", "both/doors:1", "both/doors:2");
        await world.Slipway.RunAsync("rmi", "both/doors:1");
        using HttpResponseMessage one = await world.GetAsync("/v2/both/doors/manifests/1");
        Assert.Equal(HttpStatusCode.NotFound, one.StatusCode);
        await SkopeoAsync("delete", "--tls-verify=false", $"docker://{world.Host}/both/doors:2");
        Assert.DoesNotContain("both/doors", await world.Slipway.RunAsync("images"), StringComparison.Ordinal);
        Assert.Contains("busybox", await world.Slipway.RunAsync("images"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_is_run_by_its_image_of_this_machine()
    {
        string image = await (await world.GetAsync("/v2/busybox/manifests/latest")).Content.ReadAsStringAsync();
        string? architecture = (await world.Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", "busybox")).Architecture;
        string index = $$"""{"schemaVersion":2,"mediaType":"{{RegistryWorld.Index}}","manifests":[{{RegistryWorld.Descriptor(image)[..^1]}}, "platform":{"os":"linux","architecture":"{{architecture}}"} }]}""";
        using HttpResponseMessage put = await world.PutManifestAsync("busybox", "many", index, RegistryWorld.Index);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Contains("of many", await world.Slipway.RunAsync("run", "--rm", "busybox:many", "echo", "of many"), StringComparison.Ordinal);
        Assert.Contains("busybox:many", await world.Slipway.RunAsync("images"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_beside_pushes_takes_nothing_that_was_pushed()
    {
        using CancellationTokenSource done = new();
        Task collecting = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await world.Slipway.RunAsync("gc");
            }
        });
        List<string> pushed = [];
        for (int i = 0; i < 40; i++)
        {
            string json = await world.PushArtifactAsync("beside/gc", $"t{i}", $"content {i} {new string('x', i * 5000)}");
            pushed.Add(json);
        }

        await done.CancelAsync();
        await collecting;
        await world.Slipway.RunAsync("gc");
        foreach (string json in pushed)
        {
            using JsonDocument manifest = JsonDocument.Parse(json);
            string layer = manifest.RootElement.GetProperty("layers")[0].GetProperty("digest").GetString()!;
            using HttpResponseMessage blob = await world.GetAsync($"/v2/beside/gc/blobs/{layer}");
            Assert.Equal(layer, RegistryWorld.DigestOf(await blob.Content.ReadAsByteArrayAsync()));
        }
    }

    [Fact]
    public async Task Under_a_name_that_is_not_this_machines_a_key_is_needed()
    {
        using JsonDocument key = JsonDocument.Parse(await world.Slipway.RunAsync("key", "create", "--read-only", "--name", "pull", "-o", "json"));
        string id = key.RootElement.GetProperty("id").GetString()!, secret = key.RootElement.GetProperty("secret").GetString()!;
        Assert.Equal(HttpStatusCode.Unauthorized, await AsAsync(HttpMethod.Get, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AsAsync(HttpMethod.Get, $"{id}:wrong"));
        Assert.Equal(HttpStatusCode.OK, await AsAsync(HttpMethod.Get, $"{id}:{secret}"));
        Assert.Equal(HttpStatusCode.Forbidden, await AsAsync(HttpMethod.Delete, $"{id}:{secret}"));
    }

    private async Task<HttpStatusCode> AsAsync(HttpMethod method, string? credentials)
    {
        using HttpRequestMessage request = new(method, "/v2/busybox/manifests/latest");
        request.Headers.Host = "registry.example.com";
        request.Headers.Authorization = credentials is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        using HttpResponseMessage answer = await world.Http.SendAsync(request);
        Assert.Equal(answer.StatusCode == HttpStatusCode.Unauthorized, answer.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Bearer"));
        return answer.StatusCode;
    }

    private async Task<string> DigestAsync(string image) => (await world.Slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", image)).Digest;

    private static async Task<string> SkopeoAsync(params string[] arguments)
    {
        CommandOutput output = await ChildProcess.RunAsync("skopeo", [.. Plain, .. arguments]);
        Assert.True(output.ExitCode == 0, output.ToString());
        return output.Stdout;
    }
}
