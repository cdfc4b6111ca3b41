using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Images.Repositories;

namespace Slipway.Images.Referrers;

/// <summary>
/// What is said about images: documents kept beside them, as manifests that name them as their subject. An image's own digest never depends on them. Safe for threads.
/// </summary>
public sealed class ReferrerStore(IMetadataStore metadata, IBlobStore blobs, TimeProvider time)
{
    private readonly RepositoryTables _links = new();

    /// <summary>
    /// Keeps a document about an image in the repositories of its names; of an image without a name, where the first name that it is given takes it over.
    /// Durable when it returns; the same document again writes nothing. The caller holds a lease.
    /// </summary>
    /// <param name="names">The image's names.</param>
    /// <returns>The digest of the artifact's manifest.</returns>
    public async ValueTask<Digest> AttachAsync(Image image, Artifact artifact, IEnumerable<ImageReference> names, CancellationToken cancellationToken)
    {
        Descriptor content = new(artifact.Type, Digest.Of(artifact.Content.Span), artifact.Content.Length);
        BlobInfo subject = await blobs.FindAsync(image.Digest, cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"the manifest of image {image.Digest.Short} is not stored");
        byte[] json = ArtifactManifest.ToJson(artifact, new(await MediaTypeOfAsync(image.Digest, cancellationToken), subject.Digest, subject.Size), content);
        Digest digest = Digest.Of(json);
        ImmutableArray<RepositoryName> repositories = [.. names.Select(RepositoryName.Of).DefaultIfEmpty(RepositoryName.Nameless).Distinct()];
        if (await metadata.ReadAsync(reader => HasAsync(reader, repositories, digest, cancellationToken), cancellationToken))
        {
            return digest;
        }

        await blobs.PutAsync(artifact.Content, cancellationToken);
        await blobs.PutAsync(ArtifactManifest.EmptyConfig, cancellationToken);
        await blobs.PutAsync(json, cancellationToken);
        await blobs.FlushAsync(cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        ManifestContent manifest = ManifestContent.Parse(json, null);
        ManifestRecord record = ManifestRecord.Of(digest, json.Length, manifest, now);
        await metadata.WriteAsync(
            async transaction =>
            {
                foreach (RepositoryName repository in repositories)
                {
                    await _links.LinkAsync(transaction, repository, record, manifest.Blobs.Select(blob => new BlobRecord(blob.Digest, blob.Size, now)), cancellationToken);
                }

                return true;
            },
            cancellationToken);
        return digest;
    }

    /// <summary>Everything that is said about an image, in whatever repository, the newest first.</summary>
    public ValueTask<ImmutableArray<ManifestRecord>> ListAsync(Digest image, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            Dictionary<Digest, ManifestRecord> found = [];
            await foreach ((string key, Digest referrer) in _links.ScanReferrersAsync(reader, image, cancellationToken))
            {
                if (await _links.FindManifestAsync(reader, RepositoryTables.RepositoryOf(key), referrer, cancellationToken) is { } manifest)
                {
                    found.TryAdd(referrer, manifest);
                }
            }

            return found.Values.OrderByDescending(manifest => manifest.Added).ThenBy(manifest => manifest.Manifest).ToImmutableArray();
        },
        cancellationToken);

    /// <summary>The newest document of a kind that is said about an image, or null.</summary>
    /// <param name="type">The artifact's type.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: the document's bytes are not stored.</exception>
    public async ValueTask<Artifact?> FindAsync(Digest image, string type, CancellationToken cancellationToken)
    {
        if ((await ListAsync(image, cancellationToken)).FirstOrDefault(referrer => referrer.ArtifactType == type) is not { } newest)
        {
            return null;
        }

        ManifestContent manifest = ManifestContent.Parse(await blobs.ReadAllAsync(newest.Manifest, cancellationToken), null);
        return manifest.Layers is [var document, ..]
            ? new(type, await blobs.ReadAllAsync(document.Digest, cancellationToken)) { Annotations = manifest.Annotations }
            : null;
    }

    private async ValueTask<string> MediaTypeOfAsync(Digest manifest, CancellationToken cancellationToken) =>
        ImageManifest.Parse(await blobs.ReadAllAsync(manifest, cancellationToken)).MediaType;

    private async ValueTask<bool> HasAsync(IMetadataReader reader, ImmutableArray<RepositoryName> repositories, Digest manifest, CancellationToken cancellationToken)
    {
        foreach (RepositoryName repository in repositories)
        {
            if (await _links.FindManifestAsync(reader, repository, manifest, cancellationToken) is null)
            {
                return false;
            }
        }

        return true;
    }
}
