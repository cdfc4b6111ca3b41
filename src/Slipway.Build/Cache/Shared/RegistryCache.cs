using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;
using Slipway.Images.Client;
using Slipway.Images.Repositories;

namespace Slipway.Build.Cache.Shared;

/// <summary>A shared cache in a registry: an artifact under a reference, whose blobs are the list of answers and the layers.</summary>
public sealed class RegistryCache(
    RegistryConnection registry, ImageReference reference, ImagePuller puller, ImagePusher pusher, IBlobStore blobs, TimeProvider time) : ISharedCache
{
    private readonly string _wanted = reference.Digest is { } pinned ? pinned.ToString() : reference.Tag!;

    /// <inheritdoc/>
    public string Name => reference.Familiar;

    /// <inheritdoc/>
    public async ValueTask<SharedAnswers> ReadAsync(CancellationToken cancellationToken)
    {
        (byte[] json, string? type) = await puller.ReadManifestAsync(registry, _wanted, cancellationToken);
        ManifestContent manifest = ManifestContent.Parse(json, type);
        Descriptor config = SharedAnswers.ConfigOf(manifest, Name);
        await puller.FetchBlobAsync(registry, config, cancellationToken);
        return SharedAnswers.Read(manifest, await blobs.ReadAllAsync(config.Digest, cancellationToken), Name);
    }

    /// <inheritdoc/>
    public async ValueTask FetchAsync(Descriptor layer, CancellationToken cancellationToken) => await puller.FetchBlobAsync(registry, layer, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(SharedAnswers answers, CancellationToken cancellationToken)
    {
        byte[] config = answers.ToConfig();
        byte[] manifest = answers.ToManifest(config);
        await blobs.PutAsync(config, cancellationToken);
        BlobInfo stored = await blobs.PutAsync(manifest, cancellationToken);
        ManifestRecord record = ManifestRecord.Of(stored.Digest, stored.Size, ManifestContent.Parse(manifest, null), time.GetUtcNow());
        await pusher.PushManifestAsync(registry, record, _wanted, cancellationToken);
    }
}
