using Slipway.Api;
using Slipway.Cli.Builds;

namespace Slipway.Cli.Tests.Builds;

/// <summary>--cache-from and --cache-to, as BuildKit writes them.</summary>
public sealed class SharedCacheOptionsTests
{
    [Fact]
    public async Task Folders_and_registries_are_read_with_their_modes()
    {
        using TestWorld world = new();
        IReadOnlyList<SharedCacheOption> to = await SharedCacheOptions.ToAsync(
            world.Context, ["type=local,dest=c,mode=max,tag=main", "type=registry,ref=r.example/a:c,ignore-error=true,plain-http=true"], CancellationToken.None);
        Assert.Equal(new SharedCacheOption { Folder = Path.Combine(world.Folder, "c"), Tag = "main", All = true }, to[0]);
        Assert.Equal(new SharedCacheOption { Tag = "latest", Image = "r.example/a:c", IgnoreErrors = true, PlainHttp = true }, to[1]);

        IReadOnlyList<SharedCacheOption> from = await SharedCacheOptions.FromAsync(world.Context, ["type=local,src=/c", "r.example/a:c"], CancellationToken.None);
        Assert.Equal([new SharedCacheOption { Tag = "latest", Folder = "/c" }, new SharedCacheOption { Tag = "latest", Image = "r.example/a:c" }], from);
    }

    [Fact]
    public async Task The_login_for_the_registry_goes_along_and_is_not_told()
    {
        using TestWorld world = new();
        world.Variables["DOCKER_CONFIG"] = world.Folder;
        string auth = Convert.ToBase64String("ann:secret"u8);
        world.Write("config.json", $$"""{ "auths": { "r.example": { "auth": "{{auth}}" } } }""");
        SharedCacheOption cache = Assert.Single(await SharedCacheOptions.FromAsync(world.Context, ["r.example/a:c"], CancellationToken.None));
        Assert.Equal(("ann", "secret"), (cache.User, cache.Password));
        Assert.Equal("r.example/a:c", cache.ToString());
    }

    [Theory]
    [InlineData("type=inline", "local and registry")]
    [InlineData("type=gha,mode=max", "local and registry")]
    [InlineData("mode=max", "local and registry")]
    [InlineData("type=local", "dest=")]
    [InlineData("type=registry", "ref=")]
    [InlineData("type=local,dest=x,mode=most", "min")]
    [InlineData("type=local,dest=x,compression=zstd", "the fields are")]
    [InlineData("type=local,dest=x,ignore-error=maybe", null)]
    public async Task What_is_none_is_a_usage_error(string text, string? hint)
    {
        using TestWorld world = new();
        CliException fault = await Assert.ThrowsAsync<CliException>(() => SharedCacheOptions.ToAsync(world.Context, [text], CancellationToken.None));
        Assert.True(fault.Usage);
        Assert.Contains(hint ?? "", fault.Hint ?? "", StringComparison.Ordinal);
        Assert.Contains("--cache-to", fault.Message, StringComparison.Ordinal);
    }
}
