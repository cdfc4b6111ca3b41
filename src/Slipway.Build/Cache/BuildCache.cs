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

    /// <summary>An answer that is used every day is noted to be so once a day: a cached build writes nothing.</summary>
    private static readonly TimeSpan NoteAfter = TimeSpan.FromDays(1);

    /// <summary>What a step with this key made, or null.</summary>
    public async ValueTask<BuildCacheRecord?> FindAsync(Digest key, CancellationToken cancellationToken)
    {
        BuildCacheRecord? record = await metadata.ReadAsync(reader => _records.FindAsync(reader, key.Hex, cancellationToken), cancellationToken);
        if (record is null || await blobs.FindAsync(record.Layer, cancellationToken) is null)
        {
            return null;
        }

        DateTimeOffset now = time.GetUtcNow();
        if (now - record.LastUsed >= NoteAfter)
        {
            await PutAsync(key, record with { Used = now }, cancellationToken);
        }

        return record;
    }

    /// <summary>Notes what a step made, once the blob is durable.</summary>
    /// <param name="byContent">Where <paramref name="key"/> is one by layers: the step's key by what it reads from them.</param>
    public async ValueTask RecordAsync(Digest key, Layer layer, string instruction, Digest? byContent, CancellationToken cancellationToken)
    {
        await blobs.FlushAsync(cancellationToken);
        await PutAsync(key, new(layer.Descriptor.MediaType, layer.Descriptor.Digest, layer.Descriptor.Size, layer.DiffId, instruction, time.GetUtcNow(), byContent), cancellationToken);
    }

    /// <summary>By what name a step uses its layer.</summary>
    public static string UserOf(string key) => $"{TableName}/{key}";

    private async ValueTask PutAsync(Digest key, BuildCacheRecord record, CancellationToken cancellationToken)
    {
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
}
