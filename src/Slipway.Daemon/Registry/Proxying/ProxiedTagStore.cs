using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Images;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>That a tag came from an upstream, meaning this manifest. Key: domain, path and tag. A tag that means another one was moved here, and is ours.</summary>
internal sealed record ProxiedTag(Digest Manifest);

/// <summary>Which tags came from upstreams, and may be moved as they move there.</summary>
internal sealed class ProxiedTagStore(IMetadataStore metadata)
{
    private readonly Table<ProxiedTag> _tags = new("proxied-tags", ProxiedTagJson.Default.ProxiedTag);

    public ValueTask<ProxiedTag?> FindAsync(RepositoryName repository, string tag, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => _tags.FindAsync(reader, KeyOf(repository, tag), cancellationToken), cancellationToken);

    public ValueTask<ProxiedTag> PutAsync(RepositoryName repository, string tag, Digest manifest, CancellationToken cancellationToken) => metadata.WriteAsync(
        async transaction =>
        {
            ProxiedTag row = new(manifest);
            await _tags.PutAsync(transaction, KeyOf(repository, tag), row, cancellationToken);
            return row;
        },
        cancellationToken);

    private static string KeyOf(RepositoryName repository, string tag) => TableKey.Join(repository.Domain, repository.Path, tag);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProxiedTag))]
internal sealed partial class ProxiedTagJson : JsonSerializerContext;
