using System.IO.Pipelines;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>What is on its way from upstreams: each blob once, however many wait for it, and on to its end though its client goes away.</summary>
internal sealed class BlobFetches(UpstreamRegistry upstream, RepositoryStore repositories, IBlobStore blobs, BlobLeases leases) : IAsyncDisposable
{
    /// <summary>How many blobs of an image are fetched at once.</summary>
    public const int AtOnce = 4;

    private readonly Lock _turn = new();
    private readonly Dictionary<(RepositoryName, Digest), Task> _coming = [];
    private readonly Dictionary<(RepositoryName, Digest), Task> _background = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Brings a blob that the upstream has into a repository; who asks for one that is coming waits for it.</summary>
    /// <param name="client">Gets the bytes on their way, unless others have begun or they are stored already; null: nobody does.</param>
    /// <returns>Whether the client got them.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it broke off; <see cref="ErrorKind.Corrupt"/>: the bytes are others.</exception>
    public async Task<bool> BringAsync(RepositoryName repository, Digest digest, long size, PipeWriter? client)
    {
        Task<bool>? mine = null;
        Task? coming;
        lock (_turn)
        {
            if (!_coming.TryGetValue((repository, digest), out coming))
            {
                coming = mine = Task.Run(() => FetchAsync(repository, digest, size, client));
                _coming[(repository, digest)] = coming;
            }
        }

        await coming;
        return mine is not null && await mine;
    }

    /// <summary>Begins work that goes on after the request that asked for it, unless it goes on already. What goes wrong is logged.</summary>
    public void InBackground((RepositoryName Repository, Digest Manifest) what, Func<CancellationToken, Task> work)
    {
        lock (_turn)
        {
            if (!_background.ContainsKey(what) && !_stopping.IsCancellationRequested)
            {
                _background[what] = Task.Run(() => RunAsync(what, work));
            }
        }
    }

    /// <summary>Runs what puts and then names blobs.</summary>
    public async Task<T> WithLeaseAsync<T>(Func<Task<T>> work)
    {
        using BlobLease lease = leases.Begin();
        return await work();
    }

    /// <summary>Waits until nothing is on its way.</summary>
    public async Task UntilIdleAsync()
    {
        while (true)
        {
            Task[] all;
            lock (_turn)
            {
                all = [.. _coming.Values, .. _background.Values];
            }

            if (all.Length == 0)
            {
                return;
            }

            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Gives up what is on its way, and waits until nothing of it goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await UntilIdleAsync();
        _stopping.Dispose();
    }

    private async Task<bool> FetchAsync(RepositoryName repository, Digest digest, long size, PipeWriter? client)
    {
        try
        {
            using BlobLease lease = leases.Begin();
            if (await blobs.FindAsync(digest, _stopping.Token) is { } stored)
            {
                await repositories.AddBlobAsync(repository, stored, _stopping.Token);
                return false;
            }

            await using Stream source = upstream.OpenBlob(repository, digest, size);
            await using ForwardingStream content = new(source, client, size);
            BlobInfo blob = await blobs.PutAsync(content, digest, _stopping.Token);
            await repositories.AddBlobAsync(repository, blob, _stopping.Token);
            await content.EndAsync(_stopping.Token);
            return client is not null;
        }
        finally
        {
            lock (_turn)
            {
                _coming.Remove((repository, digest));
            }
        }
    }

    private async Task RunAsync((RepositoryName Repository, Digest Manifest) what, Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token);
        }
        catch (Exception error) when (error is SlipwayException or IOException or HttpRequestException)
        {
            ServerLog.Write($"registry: {what.Repository}@{what.Manifest.Short} is not wholly here: {error.Message}");
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            lock (_turn)
            {
                _background.Remove(what);
            }
        }
    }
}
