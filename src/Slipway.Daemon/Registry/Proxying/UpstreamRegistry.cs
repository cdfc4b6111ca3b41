using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Client;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>Asks upstreams, with a bound on how long each answer may take to begin. What they gave us as a proof is kept per repository.</summary>
/// <param name="logins">Who we are to them; null: nobody.</param>
/// <param name="client">The way there, which this disposes.</param>
internal sealed class UpstreamRegistry(
    ImmutableSortedDictionary<string, Upstream> upstreams, UpstreamLogins? logins, RegistryClient client, TimeProvider time) : IDisposable
{
    private const int MostConnections = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<RepositoryName, RegistryConnection> _connections = [];

    /// <summary>Whether there is an upstream for a repository.</summary>
    public bool Has(RepositoryName repository) => upstreams.ContainsKey(repository.Domain);

    /// <summary>The digest of the manifest that a tag means; null where the upstream does not say one.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it cannot be asked now; else as <see cref="RemoteContent"/>.</exception>
    public Task<Digest?> FindManifestAsync(RepositoryName repository, string tag, CancellationToken cancellationToken) =>
        BoundedAsync(repository, (registry, stop) => RemoteContent.FindManifestAsync(registry, tag, stop), cancellationToken);

    /// <summary>A manifest's bytes and media type.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it cannot be asked now; else as <see cref="RemoteContent"/>.</exception>
    public Task<(byte[] Json, string? Type)> ReadManifestAsync(RepositoryName repository, string reference, CancellationToken cancellationToken) =>
        BoundedAsync(repository, (registry, stop) => RemoteContent.ReadManifestAsync(registry, reference, stop), cancellationToken);

    /// <summary>The size of a blob in bytes.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it cannot be asked now; else as <see cref="RemoteContent"/>.</exception>
    public Task<long> FindBlobAsync(RepositoryName repository, Digest blob, CancellationToken cancellationToken) =>
        BoundedAsync(repository, (registry, stop) => RemoteContent.FindBlobAsync(registry, blob, stop), cancellationToken);

    /// <summary>The tags of a repository.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it cannot be asked now; else as <see cref="RemoteLists"/>.</exception>
    public Task<List<string>> ListTagsAsync(RepositoryName repository, CancellationToken cancellationToken) => BoundedAsync(repository, RemoteLists.TagsAsync, cancellationToken);

    /// <summary>What refers to a manifest.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: it cannot be asked now; else as <see cref="RemoteLists"/>.</exception>
    public Task<ImmutableArray<Descriptor>> ListReferrersAsync(RepositoryName repository, Digest subject, CancellationToken cancellationToken) =>
        BoundedAsync(repository, (registry, stop) => RemoteLists.ReferrersAsync(registry, subject, stop), cancellationToken);

    /// <summary>The bytes of a blob.</summary>
    public Stream OpenBlob(RepositoryName repository, Digest blob, long size) => RemoteContent.OpenBlob(ConnectionOf(repository), blob, size, _ => { }, time);

    public void Dispose() => client.Dispose();

    private async Task<T> BoundedAsync<T>(RepositoryName repository, Func<RegistryConnection, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Patience);
        try
        {
            return await ask(ConnectionOf(repository), bound.Token);
        }
        catch (Exception error) when ((error is OperationCanceledException && !cancellationToken.IsCancellationRequested) || error is HttpRequestException or IOException)
        {
            throw new SlipwayException(ErrorKind.Unavailable, $"the upstream of {repository} does not answer: {error.Message}", innerException: error);
        }
    }

    private RegistryConnection ConnectionOf(RepositoryName repository)
    {
        if (_connections.Count > MostConnections)
        {
            _connections.Clear();
        }

        Upstream upstream = upstreams[repository.Domain];
        return _connections.GetOrAdd(repository, name => new RegistryConnection(
            client, upstream.Address, name, async stop => logins is null ? null : await logins.FindAsync(upstream.Address, stop), push: false, upstream.PathOf(name)));
    }
}
