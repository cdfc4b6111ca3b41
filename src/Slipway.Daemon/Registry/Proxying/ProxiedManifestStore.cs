using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Images;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>That a manifest came from an upstream, and when it was last asked for. Key: domain, path and the manifest's hex.</summary>
internal sealed record ProxiedManifest(string Repository, Digest Manifest, DateTimeOffset Asked);

/// <summary>Which manifests came from upstreams; what is not asked for any more goes by itself.</summary>
internal sealed class ProxiedManifestStore(IMetadataStore metadata, TimeProvider time)
{
    /// <summary>A manifest that is asked for more often is noted once in this time, so that reads of a busy one write no row.</summary>
    private static readonly TimeSpan RenewAfter = TimeSpan.FromDays(1);

    private readonly Table<ProxiedManifest> _manifests = new("proxied-manifests", ProxiedManifestJson.Default.ProxiedManifest);

    /// <summary>Notes a manifest that has come.</summary>
    public ValueTask<bool> AddAsync(RepositoryName repository, Digest manifest, CancellationToken cancellationToken) =>
        WriteAsync(repository, [manifest], cancellationToken);

    /// <summary>Notes that manifests were asked for; those that did not come from an upstream are none of ours.</summary>
    public async ValueTask RenewAsync(RepositoryName repository, IReadOnlyCollection<Digest> manifests, CancellationToken cancellationToken)
    {
        List<Digest> old = await metadata.ReadAsync(
            async reader =>
            {
                List<Digest> found = [];
                foreach (Digest manifest in manifests)
                {
                    if (await _manifests.FindAsync(reader, KeyOf(repository, manifest), cancellationToken) is { } row && time.GetUtcNow() - row.Asked > RenewAfter)
                    {
                        found.Add(manifest);
                    }
                }

                return found;
            },
            cancellationToken);
        if (old.Count > 0)
        {
            await WriteAsync(repository, old, cancellationToken);
        }
    }

    /// <summary>Those that nobody has asked for since <paramref name="before"/>.</summary>
    public ValueTask<List<ProxiedManifest>> ListAsync(DateTimeOffset before, CancellationToken cancellationToken) => metadata.ReadAsync(
        reader => _manifests.ScanAsync(reader, null, cancellationToken).Select(row => row.Value).Where(row => row.Asked < before).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Forgets one: it is no more here, or it is ours now.</summary>
    public ValueTask<bool> RemoveAsync(RepositoryName repository, Digest manifest, CancellationToken cancellationToken) =>
        metadata.WriteAsync(transaction => _manifests.DeleteAsync(transaction, KeyOf(repository, manifest), cancellationToken), cancellationToken);

    private ValueTask<bool> WriteAsync(RepositoryName repository, IEnumerable<Digest> manifests, CancellationToken cancellationToken) => metadata.WriteAsync(
        async transaction =>
        {
            foreach (Digest manifest in manifests)
            {
                await _manifests.PutAsync(transaction, KeyOf(repository, manifest), new(repository.ToString(), manifest, time.GetUtcNow()), cancellationToken);
            }

            return true;
        },
        cancellationToken);

    private static string KeyOf(RepositoryName repository, Digest manifest) => TableKey.Join(repository.Domain, repository.Path, manifest.Hex);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProxiedManifest))]
internal sealed partial class ProxiedManifestJson : JsonSerializerContext;
