using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;

namespace Slipway.Images.Compression;

/// <summary>Compressed forms of layers, which live as long as an image has the plain layer.</summary>
public sealed class CompressedLayerRoots : IRootSource
{
    private readonly ImageIndexTables _images = new();

    /// <inheritdoc/>
    public string Name => "compressed layers";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<Digest> plain = await PlainAsync(reader, cancellationToken);
        await foreach ((string key, byte[] value) in reader.ScanAsync(CompressedLayerTable.Name, null, null, cancellationToken))
        {
            if (Read(key, value) is var row && (rules is null || plain.Contains(row.Plain)))
            {
                yield return new Root(RootKind.Blob, row.Compressed);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeadRow> ReadDeadAsync(IMetadataReader reader, CollectionRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<Digest> plain = await PlainAsync(reader, cancellationToken);
        await foreach ((string key, byte[] value) in reader.ScanAsync(CompressedLayerTable.Name, null, null, cancellationToken))
        {
            if (Read(key, value) is var row && !plain.Contains(row.Plain))
            {
                yield return new DeadRow("compressed layers of images that are gone", CompressedLayerTable.Name, key, value, [new Root(RootKind.Blob, row.Compressed)]);
            }
        }
    }

    private async ValueTask<HashSet<Digest>> PlainAsync(IMetadataReader reader, CancellationToken cancellationToken) =>
        [.. (await _images.ListImagesAsync(reader, cancellationToken)).SelectMany(image => image.Layers)];

    private static CompressedLayer Read(string key, byte[] value) => RecordJson.Decode(CompressedLayerTable.Name, key, value, CompressedLayerJson.Default.CompressedLayer);
}
