using System.Runtime.CompilerServices;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Images.Repositories;

namespace Slipway.Images;

/// <summary>
/// The manifests, configs and layers of images, and what repositories are linked to. Dead are links to blobs that no manifest of their repository names and that
/// nobody sent or asked for in a while: whoever pushes a blob has that long to push the manifest.
/// </summary>
public sealed class ImageRoots : IRootSource
{
    private readonly ImageIndexTables _tables = new();
    private readonly RepositoryTables _links = new();

    /// <inheritdoc/>
    public string Name => "images";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (ImageRecord image in await _tables.ListImagesAsync(reader, cancellationToken))
        {
            yield return new Root(RootKind.Blob, image.Manifest);
            yield return new Root(RootKind.Blob, image.Config);
            foreach (Content.Digest layer in image.Layers)
            {
                yield return new Root(RootKind.Blob, layer);
            }
        }

        HashSet<string> named = [];
        await foreach ((string key, ManifestRecord manifest) in _links.ScanManifestsAsync(reader, null, cancellationToken))
        {
            foreach (Content.Digest digest in manifest.Kept)
            {
                named.Add(BlobKey(key, digest));
                yield return new Root(RootKind.Blob, digest);
            }
        }

        await foreach ((string key, BlobRecord blob) in _links.ScanBlobsAsync(reader, null, cancellationToken))
        {
            if (rules is null || blob.Renewed >= rules.UploadsBefore || named.Contains(key))
            {
                yield return new Root(RootKind.Blob, blob.Blob);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>An image goes when its last name is taken away.</remarks>
    public async IAsyncEnumerable<DeadRow> ReadDeadAsync(
        IMetadataReader reader, CollectionRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> named = [];
        await foreach ((string key, ManifestRecord manifest) in _links.ScanManifestsAsync(reader, null, cancellationToken))
        {
            named.UnionWith(manifest.Blobs.Select(blob => BlobKey(key, blob)));
        }

        await foreach ((string key, byte[] value) in reader.ScanAsync(RepositoryTables.BlobTable, null, null, cancellationToken))
        {
            BlobRecord blob = RecordJson.Decode(RepositoryTables.BlobTable, key, value, RepositoryJson.Default.BlobRecord);
            if (blob.Renewed < rules.UploadsBefore && !named.Contains(key))
            {
                yield return new DeadRow("blobs that no manifest names", RepositoryTables.BlobTable, key, value, [new Root(RootKind.Blob, blob.Blob)]);
            }
        }
    }

    private static string BlobKey(string manifestKey, Content.Digest blob) => RepositoryTables.KeyOf(RepositoryTables.RepositoryOf(manifestKey), blob);
}
