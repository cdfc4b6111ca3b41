using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Registry;

/// <summary>Images that are not here come from their registry: for <c>build</c>, and for <c>run</c>.</summary>
public sealed class BaseImageTests(RegistryWorld world) : IClassFixture<RegistryWorld>
{
    [Fact]
    public async Task A_base_image_that_is_not_here_is_pulled()
    {
        string name = await PushAsync("base/pulled:1");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        string folder = ContextOf(other, $"FROM {name}\nRUN echo built > /made\n");
        CommandOutput output = await other.TryAsync("build", "--progress", "plain", "-t", "made", folder);
        Assert.True(output.ExitCode == 0, output.ToString());
        Assert.Contains($"pulling {name}", output.Stderr, StringComparison.Ordinal);
        Assert.Equal("built", (await other.RunAsync("run", "--rm", "made", "cat", "/made")).Trim());
    }

    [Fact]
    public async Task Asked_again_a_name_means_what_it_means_at_the_registry_now()
    {
        string name = await PushAsync("base/moving:1");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        string folder = ContextOf(other, $"FROM {name}\n");
        await other.RunAsync("build", "-t", "made", folder);
        await world.Slipway.RunAsync("build", "-t", name, ContextOf(world.Slipway, "FROM busybox\nRUN echo newer > /version\n"));
        await world.Slipway.RunAsync("push", name);
        await other.RunAsync("build", "-t", "made", folder);
        Assert.NotEqual(0, (await other.TryAsync("run", "--rm", "made", "cat", "/version")).ExitCode);
        await other.RunAsync("build", "--pull", "-t", "made", folder);
        Assert.Equal("newer", (await other.RunAsync("run", "--rm", "made", "cat", "/version")).Trim());
    }

    [Fact]
    public async Task Offline_and_unknown_bases_are_faults_of_the_Dockerfiles_line()
    {
        string name = await PushAsync("base/known:1");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        CommandOutput offline = await other.TryAsync("build", "--offline", ContextOf(other, $"# first\nFROM {name}\n"));
        Assert.NotEqual(0, offline.ExitCode);
        Assert.Contains($"Dockerfile:2: there is no image '{name}'", offline.Stderr, StringComparison.Ordinal);

        CommandOutput unknown = await other.TryAsync("build", ContextOf(other, $"# first\nFROM {world.Host}/base/unknown:1\n"));
        Assert.NotEqual(0, unknown.ExitCode);
        Assert.Contains("Dockerfile:2: there is no image", unknown.Stderr, StringComparison.Ordinal);
        Assert.Contains("MANIFEST_UNKNOWN", unknown.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_pulls_what_is_missing_always_or_never()
    {
        string name = await PushAsync("base/run:1");
        await using SlipwayBinary other = await SlipwayBinary.CreateAsync(withBusybox: false);
        CommandOutput never = await other.TryAsync("run", "--rm", "--pull", "never", name, "true");
        Assert.Equal(125, never.ExitCode);
        Assert.Contains("there is no image", never.Stderr, StringComparison.Ordinal);

        CommandOutput missing = await other.FeedAsync("through stdin", "run", "--rm", "-i", name, "cat");
        Assert.Equal("through stdin", missing.Stdout);
        Assert.Contains("pulled", missing.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("pulled", (await other.TryAsync("run", "--rm", name, "true")).Stderr, StringComparison.Ordinal);
        Assert.Contains("everything was there", (await other.TryAsync("run", "--rm", "--pull", "always", name, "true")).Stderr, StringComparison.Ordinal);
        Assert.Equal(125, (await other.TryAsync("run", "--rm", $"{world.Host}/base/unknown:1", "true")).ExitCode);
    }

    private async Task<string> PushAsync(string repository)
    {
        string name = $"{world.Host}/{repository}";
        await world.Slipway.RunAsync("tag", "busybox", name);
        await world.Slipway.RunAsync("push", name);
        return name;
    }

    private static string ContextOf(SlipwayBinary slipway, string dockerfile)
    {
        string folder = Directory.CreateDirectory(Path.Combine(slipway.Folder, Path.GetRandomFileName())).FullName;
        File.WriteAllText(Path.Combine(folder, "Dockerfile"), dockerfile);
        return folder;
    }
}
