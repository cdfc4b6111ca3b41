using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>Lets what came from upstreams go when nobody has asked for it in a while: <c>slipway serve --proxy-keep DAYS</c>. The next collection frees the room.</summary>
/// <param name="keep">How long it stays after it was last asked for; null: for ever.</param>
/// <param name="isUsed">Whether a container or a pipeline runs the image of a manifest.</param>
internal sealed class CacheExpiry(
    RepositoryStore repositories,
    ProxiedTagStore tags,
    ProxiedManifestStore manifests,
    TimeSpan? keep,
    Func<Digest, CancellationToken, ValueTask<bool>> isUsed,
    Action changed,
    TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Looks every hour from now on.</summary>
    public void Start() => _loop = keep is null ? Task.CompletedTask : Task.Run(LoopAsync);

    /// <summary>Looks once.</summary>
    /// <returns>How many manifests went.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        int gone = 0;
        foreach (ProxiedManifest old in keep is { } bound ? await manifests.ListAsync(time.GetUtcNow() - bound, cancellationToken) : [])
        {
            if (!RepositoryName.TryParse(old.Repository, out RepositoryName? repository) || await IsOursAsync(repository, old.Manifest, cancellationToken))
            {
                continue;
            }

            // An index goes before the manifests that it names, which go with the next look.
            if (await isUsed(old.Manifest, cancellationToken) || await repositories.IsNamedAsync(repository, old.Manifest, cancellationToken))
            {
                continue;
            }

            gone += await repositories.DeleteManifestAsync(repository, old.Manifest, isUsed: false, cancellationToken) ? 1 : 0;
            await manifests.RemoveAsync(repository, old.Manifest, cancellationToken);
        }

        if (gone > 0)
        {
            changed();
        }

        return gone;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Whether somebody here has given it a tag, so that it is no more a cache's to take away.</summary>
    private async Task<bool> IsOursAsync(RepositoryName repository, Digest manifest, CancellationToken cancellationToken)
    {
        foreach (string tag in await repositories.ListTagsAsync(repository, cancellationToken) ?? [])
        {
            if ((await repositories.FindManifestAsync(repository, tag, cancellationToken))?.Manifest == manifest
                && (await tags.FindAsync(repository, tag, cancellationToken))?.Manifest != manifest)
            {
                return await manifests.RemoveAsync(repository, manifest, cancellationToken);
            }
        }

        return false;
    }

    private async Task LoopAsync()
    {
        using PeriodicTimer timer = new(Pause, time);
        do
        {
            try
            {
                await RunAsync(_stop.Token);
            }
            catch (SlipwayException failure)
            {
                ServerLog.Write($"registry: what came from upstreams cannot be looked through: {failure.Message}");
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }
}
