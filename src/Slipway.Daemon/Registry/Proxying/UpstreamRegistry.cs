using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Images;
using Slipway.Images.Client;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>Asks upstreams, with a bound on how long each answer may take to begin. What they gave us as a proof is kept per repository.</summary>
/// <param name="handler">The way there; see <see cref="Connect"/>.</param>
internal sealed class UpstreamRegistry(ImmutableSortedDictionary<string, Upstream> upstreams, HttpMessageHandler handler, TimeProvider time) : IDisposable
{
    private const int MostConnections = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<RepositoryName, RegistryConnection> _connections = [];

    /// <summary>The way to upstreams in the network.</summary>
    public static SocketsHttpHandler Connect() => new() { ConnectTimeout = TimeSpan.FromSeconds(10), PooledConnectionLifetime = TimeSpan.FromMinutes(5) };

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

    public void Dispose() => _http.Dispose();

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
        return _connections.GetOrAdd(repository, name => new RegistryConnection(_http, upstream.Address, name, credential: null, push: false, upstream.PathOf(name)));
    }
}
