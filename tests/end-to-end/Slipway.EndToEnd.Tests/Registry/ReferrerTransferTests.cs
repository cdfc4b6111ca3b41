using System.Net;
using System.Text.Json;
using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>What is about an image moves along with it, also to registries that keep no list of referrers.</summary>
public sealed class ReferrerTransferTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private const string Kind = "application/vnd.example.note";

    [Fact]
    public async Task Referrers_are_pulled_when_asked_for_and_pushed_unless_refused()
    {
        string digest = await PushWithReferrerAsync("about/app");
        string name = $"{world.Host}/about/app:1";
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        await other.RunAsync("pull", "--referrers", name);

        string copy = $"{world.Host}/about/copy:1", bare = $"{world.Host}/about/bare:1";
        await other.RunAsync("tag", name, copy);
        await other.RunAsync("tag", name, bare);
        await other.RunAsync("push", copy);
        await other.RunAsync("push", "--no-referrers", bare);
        Assert.Equal([Kind], await ReferrersAsync("about/copy", digest));
        Assert.Empty(await ReferrersAsync("about/bare", digest));
    }

    [Fact]
    public async Task Without_being_asked_for_they_stay_where_they_are()
    {
        string digest = await PushWithReferrerAsync("quiet/app");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        await other.RunAsync("pull", $"{world.Host}/quiet/app:1");
        await other.RunAsync("tag", $"{world.Host}/quiet/app:1", $"{world.Host}/quiet/copy:1");
        await other.RunAsync("push", $"{world.Host}/quiet/copy:1");
        Assert.Empty(await ReferrersAsync("quiet/copy", digest));
    }

    [Fact]
    public async Task A_registry_without_a_list_of_referrers_gets_a_tag_that_names_them()
    {
        await using DockerRegistry plain = await DockerRegistry.StartAsync();
        string digest = await PushWithReferrerAsync("plain/app"), name = $"{plain.Host}/plain/app:1";
        await world.Slipway.RunAsync("tag", $"{world.Host}/plain/app:1", name);
        await world.Slipway.RunAsync("push", "--compression", "none", name);
        await world.Slipway.RunAsync("push", "--compression", "none", name);
        using HttpClient http = new() { BaseAddress = new($"http://{plain.Host}") };
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v2/plain/app/manifests/{digest.Replace(':', '-')}");
        request.Headers.Accept.Add(new(RegistryWorld.Index));
        using HttpResponseMessage answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([Kind], KindsOf(await answer.Content.ReadAsStringAsync()));

        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        await other.RunAsync("pull", "--referrers", name);
        await other.RunAsync("tag", name, $"{world.Host}/plain/back:1");
        await other.RunAsync("push", $"{world.Host}/plain/back:1");
        Assert.Equal([Kind], await ReferrersAsync("plain/back", digest));
    }

    [Fact]
    public async Task A_copy_from_one_registry_to_another_has_the_digest_and_what_is_about_it_and_leaves_no_name()
    {
        await using DockerRegistry plain = await DockerRegistry.StartAsync();
        string digest = await PushWithReferrerAsync("copied/app");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        string there = $"{plain.Host}/copied/app:1", back = $"{world.Host}/copied/back:1";
        TransferImageResult copied = await other.JsonAsync(ApiJson.Default.TransferImageResult, "image", "copy", $"{world.Host}/copied/app:1", there);
        Assert.Equal(digest, copied.Digest);
        await other.RunAsync("image", "copy", there, back);
        Assert.Equal([Kind], await ReferrersAsync("copied/back", digest));
        Assert.Empty(await other.JsonAsync(ApiJson.Default.IReadOnlyListImageSummary, "images"));
    }

    [Fact]
    public async Task What_cannot_run_here_is_tagged_copied_and_removed_all_the_same()
    {
        await world.PushArtifactAsync("artifact/app", "1", "no image", Kind);
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        string name = $"{world.Host}/artifact/app:1";
        await other.RunAsync("image", "copy", "--keep", name, $"{world.Host}/artifact/copy:1");
        await other.RunAsync("tag", name, "artifact");
        await other.RunAsync("rmi", name, $"{world.Host}/artifact/copy:1", "artifact");
        using HttpResponseMessage copy = await world.GetAsync("/v2/artifact/copy/manifests/1", ("Accept", RegistryWorld.Manifest));
        Assert.Equal(HttpStatusCode.OK, copy.StatusCode);
        Assert.NotEqual(0, (await other.TryAsync("rmi", "artifact")).ExitCode);
    }

    /// <summary>Pushes an image of its own under a name, and a note about it; answers the image's digest.</summary>
    private async Task<string> PushWithReferrerAsync(string repository)
    {
        string name = $"{world.Host}/{repository}:1";
        string folder = Directory.CreateDirectory(Path.Combine(world.Slipway.Folder, Path.GetRandomFileName())).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "Dockerfile"), $"FROM busybox\nLABEL name={repository}\n");
        await world.Slipway.RunAsync("build", "--provenance=false", "-t", name, folder);
        string digest = (await world.Slipway.JsonAsync(ApiJson.Default.TransferImageResult, "push", "--no-referrers", name)).Digest;
        using HttpResponseMessage manifest = await world.GetAsync($"/v2/{repository}/manifests/1", ("Accept", RegistryWorld.Manifest));
        string subject = RegistryWorld.Descriptor(await manifest.Content.ReadAsStringAsync());
        await world.PushArtifactAsync(repository, "note", $"about {repository}", Kind, subject);
        return digest;
    }

    private async Task<IReadOnlyList<string>> ReferrersAsync(string repository, string digest)
    {
        using HttpResponseMessage answer = await world.GetAsync($"/v2/{repository}/referrers/{digest}");
        return KindsOf(await answer.Content.ReadAsStringAsync());
    }

    private static string[] KindsOf(string index)
    {
        using JsonDocument json = JsonDocument.Parse(index);
        return [.. json.RootElement.GetProperty("manifests").EnumerateArray().Select(manifest => manifest.GetProperty("artifactType").GetString()!)];
    }
}
