using System.Runtime.CompilerServices;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;

namespace Slipway.Images;

/// <summary>The manifests, configs and layers of images.</summary>
public sealed class ImageRoots : IRootSource
{
    private readonly ImageIndexTables _tables = new();

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
    }

    /// <inheritdoc/>
    /// <remarks>None: an image goes when its last name is taken away.</remarks>
    public IAsyncEnumerable<DeadRow> ReadDeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DeadRow>();
}
