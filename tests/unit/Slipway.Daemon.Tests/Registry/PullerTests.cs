using Slipway.Content;
using Slipway.Daemon.Tests.Collection;
using Slipway.Daemon.Tests.Registry.Proxying;
using Slipway.Images;
using Slipway.Images.Client;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Tests.Registry;

/// <summary>A registry that names what it does not have.</summary>
public sealed class PullerTests
{
    private static readonly ImageReference Name = ImageReference.Parse("evil.example/app:1");

    [Fact]
    public async Task A_manifest_that_names_somebody_elses_data_does_not_bring_it_into_a_repository()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        byte[] secret = StoreWorld.Content(5_000, 1);
        await world.Blobs.PutAsync(secret, CancellationToken.None);
        using FakeUpstream upstream = new();
        upstream.Put("1", secret);
        upstream.Lose(secret);

        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(() => PullAsync(world, upstream));
        Assert.Equal(ErrorKind.NotFound, refused.Kind);
        RepositoryStore repositories = new(world.Metadata, world.Blobs, TimeProvider.System);
        Assert.Null(await repositories.FindBlobAsync(RepositoryName.Of(Name), Digest.Of(secret), renew: false, CancellationToken.None));
    }

    [Fact]
    public async Task What_the_registry_has_and_the_store_too_is_asked_for_once_and_not_sent()
    {
        await using StoreWorld world = await StoreWorld.OpenAsync();
        byte[] layer = StoreWorld.Content(5_000, 2);
        await world.Blobs.PutAsync(layer, CancellationToken.None);
        using FakeUpstream upstream = new();
        upstream.Put("1", layer);
        await PullAsync(world, upstream);
        await PullAsync(world, upstream);
        string path = $"/v2/app/blobs/{Digest.Of(layer)}";
        Assert.Equal(1, upstream.Asked[$"HEAD {path}"]);
        Assert.False(upstream.Asked.ContainsKey($"GET {path}"));
    }

    private static async Task PullAsync(StoreWorld world, FakeUpstream upstream)
    {
        using RegistryClient client = new(upstream, TimeProvider.System);
        RepositoryStore repositories = new(world.Metadata, world.Blobs, TimeProvider.System);
        RegistryConnection registry = new(client, new Uri("https://evil.example/"), RepositoryName.Of(Name), credential: null, push: false);
        await new ImagePuller(repositories, world.Blobs, TimeProvider.System).PullAsync(registry, Name, Platform.Host, referrers: false, progress: null, CancellationToken.None);
    }
}
