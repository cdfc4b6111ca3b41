using Slipway.Api;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Build;

/// <summary>What the build cache takes, and how it goes: `build prune`, `system df`.</summary>
public sealed class BuildCacheTests : IAsyncLifetime
{
    private SlipwayBinary _slipway = null!;

    public async Task InitializeAsync() => _slipway = await SlipwayBinary.CreateAsync();

    public async Task DisposeAsync() => await _slipway.DisposeAsync();

    [Fact]
    public async Task Steps_that_no_image_has_and_cache_mounts_go_and_what_images_have_stays()
    {
        _slipway.Write("c/Dockerfile", """
            FROM busybox AS make
            RUN --mount=type=cache,id=wheels,target=/w head -c 300000 /dev/zero > /w/wheel && head -c 200000 /dev/zero > /made
            FROM busybox
            RUN --mount=from=make,target=/m head -c 5 /m/made > /some
            """);
        await _slipway.RunAsync("build", "-t", "app", "c");
        StoreRoomInfo before = await _slipway.JsonAsync(ApiJson.Default.StoreRoomInfo, "system", "df");
        Assert.Equal(("wheels", 300_000, false), (before.CacheMounts.Single().Id, before.CacheMounts.Single().Size, before.CacheMounts.Single().Active));
        RoomEntry steps = Kind(before, "build cache");
        Assert.Equal(2, steps.Count);
        Assert.InRange(steps.Reclaimable!.Value, 200_000, 220_000);
        Assert.Equal((2, 0), (Kind(before, "images").Count, Kind(before, "images").Active));
        Assert.Contains("wheels", await _slipway.RunAsync("system", "df", "-v"), StringComparison.Ordinal);

        CollectResult young = await _slipway.JsonAsync(ApiJson.Default.CollectResult, "build", "prune", "--filter", "until=1h");
        Assert.Equal((0, 0), (Count(young, "cached build steps"), Count(young, "cache mounts")));
        CollectResult would = await _slipway.JsonAsync(ApiJson.Default.CollectResult, "build", "prune", "--dry-run");
        Assert.True(would.DryRun);
        CollectResult gone = await _slipway.JsonAsync(ApiJson.Default.CollectResult, "build", "prune", "-f");
        Assert.Equal((1, 1, 300_000), (Count(gone, "cached build steps"), Count(gone, "cache mounts"), gone.Kinds.Single(kind => kind.Kind == "cache mounts").Bytes));
        Assert.Equal(would.Kinds.OrderBy(kind => kind.Kind), gone.Kinds.OrderBy(kind => kind.Kind));

        StoreRoomInfo after = await _slipway.JsonAsync(ApiJson.Default.StoreRoomInfo, "system", "df");
        Assert.Empty(after.CacheMounts);
        Assert.Equal((1, 0), (Kind(after, "build cache").Count, Kind(after, "build cache").Reclaimable));
        Assert.InRange(Kind(before, "all").Size - Kind(after, "all").Size, 500_000, long.MaxValue);
        Assert.Contains("1 step ran, 1 cached", await _slipway.RunAsync("build", "-t", "app", "c"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_all_the_steps_of_images_are_forgotten_and_the_images_stay()
    {
        _slipway.Write("c/Dockerfile", "FROM busybox\nRUN echo 1 > /one\n");
        await _slipway.RunAsync("build", "-t", "app", "c");
        Assert.Contains("0 steps ran, 1 cached", await _slipway.RunAsync("build", "-t", "app", "c"), StringComparison.Ordinal);
        await _slipway.RunAsync("build", "prune", "--all");
        Assert.Equal("1\n", await _slipway.RunAsync("run", "--rm", "app", "cat", "/one"));
        Assert.Contains("1 step ran, 0 cached", await _slipway.RunAsync("build", "-t", "app", "c"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_data_and_logs_and_containers_take_is_told()
    {
        await _slipway.RunAsync("repo", "create", "r");
        await _slipway.PutAsync("r@master:/f", new string('x', 123_456));
        await _slipway.RunAsync("run", "--name", "ended", "busybox", "sh", "-c", "head -c 70000 /dev/zero > /left");
        StoreRoomInfo info = await _slipway.JsonAsync(ApiJson.Default.StoreRoomInfo, "system", "df");
        Assert.InRange(Kind(info, "data").Size, 123_456, 130_000);
        Assert.Equal(1, Kind(info, "data").Count);
        Assert.Equal((1, 0), (Kind(info, "containers").Count, Kind(info, "containers").Active));
        Assert.InRange(Kind(info, "containers").Reclaimable!.Value, 70_000, 100_000);
        Assert.Equal(1, Kind(info, "images").Active);
        Assert.True(Kind(info, "all").Size >= info.Kinds.Where(kind => kind.Kind is "images" or "data" or "containers" or "metadata").Sum(kind => kind.Size));
    }

    private static RoomEntry Kind(StoreRoomInfo info, string kind) => info.Kinds.Single(entry => entry.Kind == kind);

    private static long Count(CollectResult result, string kind) => result.Kinds.Where(entry => entry.Kind == kind).Sum(entry => entry.Count);
}
