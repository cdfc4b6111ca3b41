using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Store;

/// <summary>What was unpacked for a build that failed: a collection frees it, and the next build makes it again out of the cache.</summary>
public sealed class UnpackedLayersTests
{
    private const string Kind = "unpacked layers";

    [Fact]
    public async Task What_no_image_and_no_container_stands_on_goes_with_a_collection()
    {
        await using SlipwayBinary slipway = await SlipwayBinary.CreateAsync();
        const string Steps = "FROM busybox\nRUN head -c 3000000 /dev/zero > /one\n";
        string file = slipway.Write("context/Dockerfile", Steps + "RUN false\n"), context = Path.GetDirectoryName(file)!;
        Assert.NotEqual(0, (await slipway.TryAsync("build", "-t", "made", context)).ExitCode);
        await slipway.RunAsync("run", "--name", "stays", "busybox", "true");

        CollectedKind rehearsed = Assert.Single(await CollectAsync(slipway, "--dry-run"));
        Assert.True(rehearsed is { Count: 1, Bytes: >= 3_000_000 }, rehearsed.ToString());
        Assert.Equal(rehearsed, Assert.Single(await CollectAsync(slipway)));
        Assert.Empty(await CollectAsync(slipway));
        Assert.Empty(await CollectAsync(slipway, "--dry-run"));

        slipway.Write("context/Dockerfile", Steps + "RUN test -s /one\n");
        Assert.Contains("CACHED", (await slipway.TryAsync("build", "-t", "made", context)).ToString(), StringComparison.Ordinal);
        Assert.Contains("3000000", await slipway.RunAsync("run", "--rm", "made", "wc", "-c", "/one"), StringComparison.Ordinal);
        Assert.Empty(await CollectAsync(slipway));
    }

    private static async Task<CollectedKind[]> CollectAsync(SlipwayBinary slipway, params string[] options) =>
        [.. (await slipway.JsonAsync(ApiJson.Default.CollectResult, ["gc", .. options])).Kinds.Where(kind => kind.Kind == Kind)];
}
