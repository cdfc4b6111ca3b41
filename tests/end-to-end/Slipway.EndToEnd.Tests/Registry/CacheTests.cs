using System.Text.Json;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary><c>build --cache-to</c> and <c>--cache-from</c> by a registry and by a folder, as people write them.</summary>
public sealed class CacheTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    private const string Dockerfile = "FROM busybox AS b\nRUN echo made > /made\nFROM busybox\nCOPY --from=b /made /copied\nRUN cat /copied > /again\n";

    [Theory]
    [InlineData("min", "cache/min:1")]
    [InlineData("max", "cache/max:1")]
    public async Task A_registry_brings_the_steps_of_one_home_to_another(string mode, string repository)
    {
        string name = $"{world.Host}/{repository}";
        await using SlipwayBinary one = await SlipwayBinary.CreateAsync(), two = await SlipwayBinary.CreateAsync();
        one.Write("c/Dockerfile", Dockerfile);
        string built = await one.RunAsync("build", "--cache-to", $"type=registry,ref={name},mode={mode}", "-t", "app", "c");
        Assert.Contains("3 steps ran, 0 cached", built, StringComparison.Ordinal);

        two.Write("c/Dockerfile", Dockerfile);
        string again = await two.RunAsync("build", "--cache-from", name, "-t", "app", "c");
        Assert.Contains("0 steps ran, 3 cached", again, StringComparison.Ordinal);
        Assert.Equal(built.Split("  ")[1].Split('\n')[0], again.Split("  ")[1].Split('\n')[0]);
        Assert.Equal("made\n", await two.RunAsync("run", "--rm", "app", "cat", "/again"));

        // For the registry's other clients it is an artifact as any.
        using HttpResponseMessage answer = await world.GetAsync($"/v2/{repository.Split(':')[0]}/manifests/1");
        using JsonDocument manifest = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/vnd.slipway.build-cache.v1+json", manifest.RootElement.GetProperty("config").GetProperty("mediaType").GetString());
        Assert.Equal(mode == "max" ? 3 : 2, manifest.RootElement.GetProperty("layers").GetArrayLength());
    }

    [Fact]
    public async Task A_cache_that_is_not_there_or_is_something_else_is_a_warning()
    {
        await using SlipwayBinary one = await SlipwayBinary.CreateAsync();
        one.Write("c/Dockerfile", "FROM busybox\nRUN echo 1 > /one\n");
        await world.PushArtifactAsync("cache/else", "1", "no cache");
        CommandOutput built = await one.TryAsync("build", "--cache-from", $"{world.Host}/cache/nowhere:1", "--cache-from", $"type=registry,ref={world.Host}/cache/else:1", "c");
        Assert.True(built.ExitCode == 0, built.ToString());
        Assert.Contains("MANIFEST_UNKNOWN", built.Stderr, StringComparison.Ordinal);
        Assert.Contains("no cache that slipway build wrote", built.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_does_the_same_beside_the_server()
    {
        await using SlipwayBinary one = await SlipwayBinary.CreateAsync(), two = await SlipwayBinary.CreateAsync();
        one.Write("c/Dockerfile", Dockerfile);
        two.Write("c/Dockerfile", Dockerfile);
        await one.RunAsync("build", "--cache-to", $"type=local,dest={two.Folder}/cache,mode=max", "c");
        Assert.Contains("0 steps ran, 3 cached", await two.RunAsync("build", "--cache-from", "type=local,src=cache", "c"), StringComparison.Ordinal);

        // It is an image layout as any: skopeo reads it and finds every blob.
        CommandOutput skopeo = await ChildProcess.RunAsync("skopeo", ["inspect", "--raw", $"oci:{two.Folder}/cache:latest"]);
        Assert.True(skopeo.ExitCode == 0, skopeo.ToString());
        CommandOutput wrong = await two.TryAsync("build", "--cache-to", "type=inline", "c");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("local and registry", wrong.Stderr, StringComparison.Ordinal);
    }
}
