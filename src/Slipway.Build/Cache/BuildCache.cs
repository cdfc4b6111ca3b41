using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Images;

namespace Slipway.Build.Cache;

/// <summary>
/// Which layer a step made, by the step's key. An answer holds only while the layer's blob is stored, so that nothing but the blob store says what
/// there is. A recorded layer is a use of its blob: removing an image leaves it.
/// </summary>
internal sealed class BuildCache(IMetadataStore metadata, IBlobStore blobs, TimeProvider time)
{
    public const string TableName = "build-cache";

    private readonly Table<BuildCacheRecord> _records = new(TableName, BuildCacheJson.Default.BuildCacheRecord);

    /// <summary>The layer that a step with this key made, or null.</summary>
    public async ValueTask<Layer?> FindAsync(Digest key, CancellationToken cancellationToken)
    {
        BuildCacheRecord? record = await metadata.ReadAsync(reader => _records.FindAsync(reader, key.Hex, cancellationToken), cancellationToken);
        return record is not null && await blobs.FindAsync(record.Layer, cancellationToken) is not null ? record.ToLayer() : null;
    }

    /// <summary>Notes what a step made, once the blob is durable.</summary>
    public async ValueTask RecordAsync(Digest key, Layer layer, string instruction, CancellationToken cancellationToken)
    {
        await blobs.FlushAsync(cancellationToken);
        BuildCacheRecord record = new(layer.Descriptor.MediaType, layer.Descriptor.Digest, layer.Descriptor.Size, layer.DiffId, instruction, time.GetUtcNow());
        await metadata.WriteAsync(
            async transaction =>
            {
                string user = UserOf(key.Hex);
                if (await _records.FindAsync(transaction, key.Hex, cancellationToken) is { } before)
                {
                    await LayerUses.RemoveAsync(transaction, before.Layer, user, cancellationToken);
                }

                await _records.PutAsync(transaction, key.Hex, record, cancellationToken);
                await LayerUses.AddAsync(transaction, record.Layer, user, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    /// <summary>By what name a step uses its layer.</summary>
    public static string UserOf(string key) => $"{TableName}/{key}";
}
