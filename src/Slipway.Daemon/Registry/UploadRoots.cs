using System.Runtime.CompilerServices;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Daemon.Registry.Uploads;

namespace Slipway.Daemon.Registry;

/// <summary>The chunks of blob uploads that are not ended. Dead are uploads of long ago, and chunks without an upload.</summary>
internal sealed class UploadRoots : IRootSource
{
    private readonly Table<UploadChunk> _chunks = new(BlobUploadStore.ChunkTable, UploadJson.Default.UploadChunk);

    /// <inheritdoc/>
    public string Name => "blob uploads";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> dead = [];
        if (rules is not null)
        {
            await foreach ((string id, _) in DeadAsync(reader, rules, cancellationToken))
            {
                dead.Add(id);
            }
        }

        await foreach ((string key, UploadChunk chunk) in _chunks.ScanAsync(reader, null, cancellationToken))
        {
            if (!dead.Contains(UploadOf(key)))
            {
                yield return new Root(RootKind.Blob, chunk.Digest);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeadRow> ReadDeadAsync(
        IMetadataReader reader, CollectionRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> alive = await reader.ScanAsync(BlobUploadStore.UploadTable, null, null, cancellationToken).Select(row => row.Key).ToHashSetAsync(cancellationToken: cancellationToken);
        await foreach ((string id, byte[] value) in DeadAsync(reader, rules, cancellationToken))
        {
            alive.Remove(id);
            yield return new DeadRow("uploads that nobody ended", BlobUploadStore.UploadTable, id, value, []);
        }

        await foreach ((string key, byte[] value) in reader.ScanAsync(BlobUploadStore.ChunkTable, null, null, cancellationToken))
        {
            if (!alive.Contains(UploadOf(key)))
            {
                UploadChunk chunk = RecordJson.Decode(BlobUploadStore.ChunkTable, key, value, UploadJson.Default.UploadChunk);
                yield return new DeadRow("chunks of uploads", BlobUploadStore.ChunkTable, key, value, [new Root(RootKind.Blob, chunk.Digest)]);
            }
        }
    }

    private static IAsyncEnumerable<KeyValuePair<string, byte[]>> DeadAsync(IMetadataReader reader, CollectionRules rules, CancellationToken cancellationToken) =>
        reader.ScanAsync(BlobUploadStore.UploadTable, null, null, cancellationToken)
            .Where(row => RecordJson.Decode(BlobUploadStore.UploadTable, row.Key, row.Value, UploadJson.Default.BlobUpload).Started < rules.UploadsBefore);

    private static string UploadOf(string key) => key[..key.IndexOf(TableKey.Separator, StringComparison.Ordinal)];
}
