using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;

namespace Slipway.Daemon.Purging;

/// <summary>The records of what was purged.</summary>
internal sealed class PurgeTables(IMetadataStore metadata)
{
    private readonly Table<PurgeRecord> _purges = new("purges", PurgeJson.Default.PurgeRecord);

    /// <summary>All of them, newest first.</summary>
    public async Task<IReadOnlyList<PurgeRecord>> ListAsync(CancellationToken cancellationToken)
    {
        List<PurgeRecord> all = await metadata.ReadAsync(
            async reader => await _purges.ScanAsync(reader, null, cancellationToken).Select(row => row.Value).ToListAsync(cancellationToken), cancellationToken);
        return [.. all.OrderByDescending(record => record.When)];
    }

    /// <summary>Tells a store, when it is opened, what was purged.</summary>
    public async Task LoadAsync(PurgedBlobs purged, CancellationToken cancellationToken)
    {
        foreach (PurgeRecord record in await ListAsync(cancellationToken))
        {
            purged.Set(record.Digest, record.Mark);
        }
    }

    public ValueTask PutAsync(IMetadataTransaction transaction, PurgeRecord record, CancellationToken cancellationToken) =>
        _purges.PutAsync(transaction, record.Digest.Hex, record, cancellationToken);

    /// <summary>Lets the same bytes be put again; null where they were never purged.</summary>
    public ValueTask<PurgeRecord?> AllowAsync(Digest digest, string by, CancellationToken cancellationToken) => metadata.WriteAsync(
        async transaction =>
        {
            if (await _purges.FindAsync(transaction, digest.Hex, cancellationToken) is not { } record)
            {
                return null;
            }

            record = record with { AllowedBy = by };
            await PutAsync(transaction, record, cancellationToken);
            return record;
        },
        cancellationToken);
}
