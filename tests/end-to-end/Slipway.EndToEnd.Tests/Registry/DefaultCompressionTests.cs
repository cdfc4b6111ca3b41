using System.Net;
using System.Text.Json;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>What <c>push</c> makes of plain layers where nobody says it, and what becomes of the documents about the image then.</summary>
public sealed class DefaultCompressionTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private const string Gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    private const string Statement = "application/vnd.in-toto+json", Bill = "application/spdx+json", Note = "application/vnd.example.note", Signature = "application/vnd.example.signature";

    [Fact]
    public async Task A_registry_that_is_no_slipway_gets_gzip_and_the_documents_anew_and_nothing_twice()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(), second = await DockerRegistry.StartAsync();
        string plain = await BuildAsync(world.Slipway, "others/app:1", "--sbom");
        TransferImageResult first = await PushAsync(world.Slipway, "others/app:1", registry), again = await PushAsync(world.Slipway, "others/app:1", registry);
        Assert.Equal((plain, "gzip", 0), (first.DigestHere, first.Compression, first.ReferrersLeft!.Count));
        Assert.NotEqual(plain, first.Digest);
        Assert.Equal((first.Digest, 0L), (again.Digest, again.Bytes));
        using JsonDocument manifest = await ManifestAsync(registry, "others/app", "1");
        Assert.All(manifest.RootElement.GetProperty("layers").EnumerateArray(), layer => Assert.Equal(Gzip, layer.GetProperty("mediaType").GetString()));

        // The documents are about the manifest that is there, and say nothing of the one that is here.
        List<(string Type, string Document)> said = await ReferrersAsync(registry, "others/app", first.Digest);
        Assert.Equal([Bill, Statement], said.Select(document => document.Type).Order());
        Assert.All(said, document => Assert.DoesNotContain(plain["sha256:".Length..], document.Document, StringComparison.Ordinal));
        using JsonDocument statement = JsonDocument.Parse(said.Single(document => document.Type == Statement).Document);
        Assert.Equal(first.Digest, "sha256:" + statement.RootElement.GetProperty("subject")[0].GetProperty("digest").GetProperty("sha256").GetString());
        Assert.Empty(await ReferrersAsync(registry, "others/app", plain));

        // Who pulls it has them, under the digest that is there; and another home makes the same bytes of the same build.
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync();
        await other.RunAsync("pull", "--referrers", $"{registry.Host}/others/app:1");
        Assert.Contains(first.Digest["sha256:".Length..], await other.RunAsync("image", "provenance", $"{registry.Host}/others/app:1"), StringComparison.Ordinal);
        Assert.Contains(first.Digest, await other.RunAsync("image", "sbom", $"{registry.Host}/others/app:1"), StringComparison.Ordinal);
        Assert.Equal(plain, await BuildAsync(other, "others/app:1", "--sbom"));
        Assert.Equal(first.Digest, (await PushAsync(other, "others/app:1", second)).Digest);
        Assert.Equal(said, await ReferrersAsync(second, "others/app", first.Digest));

        CommandOutput text = await world.Slipway.TryAsync("push", $"{registry.Host}/others/app:1");
        Assert.Equal($"{registry.Host}/others/app:1  {first.Digest}  everything was there (gzip; here {plain})", text.Stdout.Trim());
        Assert.Equal("", text.Stderr);
    }

    [Fact]
    public async Task Another_slipway_gets_the_layers_as_they_are_and_the_digest_stays()
    {
        string plain = await BuildAsync(world.Slipway, "ours/app:1");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        AccessKeyInfo key = await other.JsonAsync(ApiJson.Default.AccessKeyInfo, "key", "create", "--repository", "ours/*=push");
        Uri there = await other.ListenAsync("--anonymous", "none");
        world.Slipway.SetEnvironment("DOCKER_CONFIG", Directory.CreateDirectory(Path.Combine(world.Slipway.Folder, "docker-ours")).FullName);
        CommandOutput login = await world.Slipway.FeedAsync(key.Secret!, "login", "-u", key.Id, there.Authority);
        Assert.True(login.ExitCode == 0, login.ToString());
        string name = $"{there.Authority}/ours/app:1";
        await world.Slipway.RunAsync("tag", "ours/app:1", name);
        TransferImageResult pushed = await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", name);
        TransferImageResult asked = await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", "--compression", "gzip", name);
        world.Slipway.SetEnvironment("DOCKER_CONFIG", null);
        Assert.Equal((plain, plain, "none"), (pushed.Digest, pushed.DigestHere, pushed.Compression));
        Assert.Equal((plain, "gzip"), (asked.DigestHere, asked.Compression));
        Assert.NotEqual(plain, asked.Digest);
    }

    [Fact]
    public async Task Every_answer_of_ours_says_what_it_is()
    {
        await using SlipwayBinary cache = await SlipwayBinary.CreateAsync(withBusybox: false), closed = await SlipwayBinary.CreateAsync(withBusybox: false);
        using HttpClient proxied = new() { BaseAddress = await cache.ListenAsync("--proxy", $"up.example={world.Address}") };
        using HttpClient asking = new() { BaseAddress = await closed.ListenAsync("--anonymous", "none") };
        foreach ((HttpClient client, string path, HttpStatusCode status) in ((HttpClient, string, HttpStatusCode)[])
        [
            (world.Http, "/v2/", HttpStatusCode.OK), (world.Http, "/v2/not/here/manifests/1", HttpStatusCode.NotFound), (world.Http, "/v2/wrong", HttpStatusCode.NotFound),
            (asking, "/v2/", HttpStatusCode.Unauthorized), (proxied, "/v2/up.example/busybox/manifests/latest", HttpStatusCode.OK),
        ])
        {
            using HttpResponseMessage answer = await client.GetAsync(path);
            Assert.Equal(status, answer.StatusCode);
            Assert.Matches(@"^\d+\.\d+\.\d+$", RegistryWorld.Header(answer, "Slipway-Version"));
        }
    }

    [Fact]
    public async Task Without_compression_and_by_digest_the_digest_stays()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync();
        string plain = await BuildAsync(world.Slipway, "kept/app:1");
        TransferImageResult none = await PushAsync(world.Slipway, "kept/app:1", registry, "--compression", "none");
        Assert.Equal((plain, plain, "none"), (none.Digest, none.DigestHere, none.Compression));
        Assert.Equal([Statement], (await ReferrersAsync(registry, "kept/app", plain)).Select(document => document.Type));

        string pinned = $"{registry.Host}/kept/app@{plain}";
        TransferImageResult named = await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", pinned);
        Assert.Equal((plain, "none"), (named.Digest, named.Compression));
        TransferImageResult asked = await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", "--compression", "gzip", pinned);
        Assert.NotEqual(plain, asked.Digest);
        using JsonDocument there = await ManifestAsync(registry, "kept/app", asked.Digest);
        Assert.Equal(Gzip, there.RootElement.GetProperty("layers")[0].GetProperty("mediaType").GetString());
    }

    [Fact]
    public async Task A_compressed_layer_that_a_repository_there_has_is_mounted()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync();
        await BuildAsync(world.Slipway, "mounted/one:1", "--provenance=false");
        await PushAsync(world.Slipway, "mounted/one:1", registry);
        await world.Slipway.RunAsync("tag", "mounted/one:1", "mounted/two:1");
        Assert.Equal(0, (await PushAsync(world.Slipway, "mounted/two:1", registry)).Bytes);
    }

    [Fact]
    public async Task What_cannot_be_said_anew_stays_and_is_told()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync();
        string plain = await BuildAsync(world.Slipway, "signed/app:1");
        string subject = await DescriptorAsync("signed/app", plain);
        await world.PushArtifactAsync("signed/app", "note", "a note about it", Note, subject);
        await world.PushArtifactAsync("signed/app", "odd", $"no statement, though it says so: {plain}", Statement, subject);
        using JsonDocument listed = JsonDocument.Parse(await world.Http.GetStringAsync($"/v2/signed/app/referrers/{plain}?artifactType={Uri.EscapeDataString(Statement)}"));
        foreach (JsonElement statement in listed.RootElement.GetProperty("manifests").EnumerateArray())
        {
            string digest = statement.GetProperty("digest").GetString()!;
            await world.PushArtifactAsync("signed/app", $"of-{digest[7..17]}", $"signature of {digest}", Signature, await DescriptorAsync("signed/app", digest));
        }

        TransferImageResult pushed = await PushAsync(world.Slipway, "signed/app:1", registry);
        Assert.Equal([Note, Signature, Signature, Statement], pushed.ReferrersLeft);
        Assert.Equal([Statement], (await ReferrersAsync(registry, "signed/app", pushed.Digest)).Select(document => document.Type));
        CommandOutput said = await world.Slipway.TryAsync("push", $"{registry.Host}/signed/app:1");
        Assert.Equal(
            $"4 documents about it stayed here, for what they say is of the digest here: {Note}, {Signature}, {Statement} (--compression none takes all along)", said.Stderr.Trim());
        CommandOutput alone = await world.Slipway.TryAsync("push", "--no-referrers", $"{registry.Host}/signed/app:1");
        Assert.Equal("", alone.Stderr);
        TransferImageResult all = await PushAsync(world.Slipway, "signed/app:1", registry, "--compression", "none");
        Assert.Empty(all.ReferrersLeft!);
        Assert.Equal(3, (await ReferrersAsync(registry, "signed/app", plain)).Count);
    }

    [Fact]
    public async Task Each_image_of_an_index_is_compressed_with_what_is_about_it()
    {
        string[] plain = [await BuildAsync(world.Slipway, "multi/app:a"), await BuildAsync(world.Slipway, "multi/app:b")];
        string index = $$"""
            { "schemaVersion": 2, "mediaType": "{{RegistryWorld.Index}}", "manifests": [
              {{await DescriptorAsync("multi/app", plain[0], "amd64")}}, {{await DescriptorAsync("multi/app", plain[1], "arm64")}} ], "annotations": { "of": "the tests" } }
            """;
        using HttpResponseMessage put = await world.PutManifestAsync("multi/app", "1", index, RegistryWorld.Index);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        await using DockerRegistry registry = await DockerRegistry.StartAsync();
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        await other.RunAsync("pull", "--all-platforms", "--referrers", $"{world.Host}/multi/app:1");
        await other.RunAsync("tag", $"{world.Host}/multi/app:1", "multi/app:1");
        TransferImageResult first = await PushAsync(other, "multi/app:1", registry), again = await PushAsync(other, "multi/app:1", registry);
        Assert.Equal(("gzip", RegistryWorld.DigestOf(RegistryWorld.Bytes(index))), (first.Compression, first.DigestHere));
        Assert.Equal((first.Digest, 0L), (again.Digest, again.Bytes));

        using JsonDocument there = await ManifestAsync(registry, "multi/app", "1");
        Assert.Equal("the tests", there.RootElement.GetProperty("annotations").GetProperty("of").GetString());
        JsonElement[] images = [.. there.RootElement.GetProperty("manifests").EnumerateArray()];
        Assert.Equal(["amd64", "arm64"], images.Select(image => image.GetProperty("platform").GetProperty("architecture").GetString()));
        foreach (string digest in images.Select(image => image.GetProperty("digest").GetString()!))
        {
            Assert.DoesNotContain(digest, plain);
            using JsonDocument image = await ManifestAsync(registry, "multi/app", digest);
            Assert.All(image.RootElement.GetProperty("layers").EnumerateArray(), layer => Assert.Equal(Gzip, layer.GetProperty("mediaType").GetString()));
            Assert.Contains(digest["sha256:".Length..], Assert.Single(await ReferrersAsync(registry, "multi/app", digest)).Document, StringComparison.Ordinal);
        }

        CommandOutput copied = await ChildProcess.RunAsync(
            "skopeo", ["--insecure-policy", "copy", "-q", "--all", "--src-tls-verify=false", $"docker://{registry.Host}/multi/app:1", $"oci:{other.Folder}/layout:1"]);
        Assert.True(copied.ExitCode == 0, copied.ToString());
    }

    /// <summary>Builds an image of its own under a name here; answers its digest.</summary>
    private static async Task<string> BuildAsync(SlipwayBinary slipway, string name, params string[] options)
    {
        string folder = name.Replace('/', '-').Replace(':', '-');
        slipway.Write($"{folder}/Dockerfile", $"FROM busybox\nRUN mkdir -p /lib/apk/db && echo {name} > /name\nCOPY installed /lib/apk/db/installed\n");
        slipway.Write($"{folder}/installed", "P:musl\nV:1.2.5-r0\nA:x86_64\n\n");
        await slipway.RunAsync(["build", "-q", .. options, "-t", name, folder]);
        return (await slipway.JsonAsync(ApiJson.Default.ImageDetails, "image", "inspect", name)).Digest;
    }

    private static async Task<TransferImageResult> PushAsync(SlipwayBinary slipway, string name, DockerRegistry registry, params string[] options)
    {
        await slipway.RunAsync("tag", name, $"{registry.Host}/{name}");
        return await slipway.JsonAsync(ApiJson.Default.TransferImageResult, ["push", .. options, $"{registry.Host}/{name}"]);
    }

    /// <summary>The descriptor of a manifest that the world's registry has.</summary>
    private async Task<string> DescriptorAsync(string repository, string digest, string? architecture = null)
    {
        using HttpResponseMessage answer = await world.GetAsync($"/v2/{repository}/manifests/{digest}", ("Accept", RegistryWorld.Manifest));
        string descriptor = RegistryWorld.Descriptor(await answer.Content.ReadAsStringAsync());
        return architecture is null ? descriptor : descriptor.Replace(" }", $$""", "platform": { "os": "linux", "architecture": "{{architecture}}" } }""", StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> ManifestAsync(DockerRegistry registry, string repository, string reference)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://{registry.Host}/v2/{repository}/manifests/{reference}");
        request.Headers.Accept.Add(new(RegistryWorld.Manifest));
        request.Headers.Accept.Add(new(RegistryWorld.Index));
        using HttpResponseMessage answer = await http.SendAsync(request);
        return JsonDocument.Parse(answer.StatusCode == HttpStatusCode.NotFound ? """{"manifests":[]}""" : await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What the tag of a digest lists, each with its document; each says that it is about the digest.</summary>
    private static async Task<List<(string Type, string Document)>> ReferrersAsync(DockerRegistry registry, string repository, string digest)
    {
        using HttpClient http = new();
        using JsonDocument index = await ManifestAsync(registry, repository, digest.Replace(':', '-'));
        List<(string Type, string Document)> found = [];
        foreach (JsonElement entry in index.RootElement.GetProperty("manifests").EnumerateArray())
        {
            using JsonDocument manifest = await ManifestAsync(registry, repository, entry.GetProperty("digest").GetString()!);
            Assert.Equal(digest, manifest.RootElement.GetProperty("subject").GetProperty("digest").GetString());
            string document = manifest.RootElement.GetProperty("layers")[0].GetProperty("digest").GetString()!;
            found.Add((entry.GetProperty("artifactType").GetString()!, await http.GetStringAsync(new Uri($"http://{registry.Host}/v2/{repository}/blobs/{document}"))));
        }

        return found;
    }
}
