using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;

namespace Slipway.Images.Repositories;

/// <summary>Links the images of a home that was written before there was a registry to the repositories of their names.</summary>
public static class RepositoryUpgrade
{
    /// <summary>Does nothing where every tag is linked. An image that cannot be read stays as it is, for <c>slipway verify</c> to name.</summary>
    public static async ValueTask RunAsync(IMetadataStore metadata, IBlobStore blobs, TimeProvider time, CancellationToken cancellationToken)
    {
        ImageIndexTables images = new();
        RepositoryTables links = new();
        List<(RepositoryName Repository, Digest Manifest)> missing = await metadata.ReadAsync(
            async reader =>
            {
                List<(RepositoryName, Digest)> list = [];
                foreach ((ImageReference reference, TagRecord tag) in await images.ListTagsAsync(reader, cancellationToken))
                {
                    RepositoryName repository = RepositoryName.Of(reference);
                    if (await links.FindManifestAsync(reader, repository, tag.Manifest, cancellationToken) is null)
                    {
                        list.Add((repository, tag.Manifest));
                    }
                }

                return list;
            },
            cancellationToken);
        foreach ((RepositoryName repository, Digest manifest) in missing)
        {
            try
            {
                ReadOnlyMemory<byte> json = await blobs.ReadAllAsync(manifest, cancellationToken);
                await LinkAsync(metadata, links, repository, manifest, json, time.GetUtcNow(), cancellationToken);
            }
            catch (SlipwayException fault) when (fault.Kind is ErrorKind.NotFound or ErrorKind.Corrupt or ErrorKind.InvalidArgument)
            {
                continue;
            }
        }
    }

    private static async ValueTask LinkAsync(
        IMetadataStore metadata, RepositoryTables links, RepositoryName repository, Digest manifest, ReadOnlyMemory<byte> json, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ManifestContent content = ManifestContent.Parse(json, null);
        await metadata.WriteAsync(
            async transaction =>
            {
                ManifestRecord record = ManifestRecord.Of(manifest, json.Length, content, now);
                await links.LinkAsync(transaction, repository, record, content.Blobs.Select(blob => new BlobRecord(blob.Digest, blob.Size, now)), cancellationToken);
                return true;
            },
            cancellationToken);
    }
}
