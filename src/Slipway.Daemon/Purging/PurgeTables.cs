using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;

namespace Slipway.Daemon.Purging;

/// <summary>
/// The records of what was purged. Those of what an encrypted project had are sealed as its rows are, under a name that does not tell the digest; while
/// the project is locked they are neither listed nor heeded.
/// </summary>
internal sealed class PurgeTables(IMetadataStore metadata)
{
    private readonly Table<PurgeRecord> _purges = new("purges", PurgeJson.Default.PurgeRecord);
    private readonly Table<PurgeRecord> _sealed = new("sealed-purges", PurgeJson.Default.PurgeRecord);

    /// <summary>All of them, newest first.</summary>
    public async Task<IReadOnlyList<PurgeRecord>> ListAsync(CancellationToken cancellationToken)
    {
        List<PurgeRecord> all = await metadata.ReadAsync(
            async reader => await _purges.ScanAsync(reader, null, cancellationToken)
                .Concat(_sealed.ScanAsync(reader, null, cancellationToken)).Select(row => row.Value).ToListAsync(cancellationToken),
            cancellationToken);
        return [.. all.DistinctBy(record => record.Digest).OrderByDescending(record => record.When)];
    }

    /// <summary>Tells a store, when it is opened, what was purged.</summary>
    public async Task LoadAsync(PurgedBlobs purged, CancellationToken cancellationToken)
    {
        foreach (PurgeRecord record in await ListAsync(cancellationToken))
        {
            purged.Set(record.Digest, record.Mark);
        }
    }

    /// <summary>Keeps a record.</summary>
    /// <param name="sealedKeys">Its keys in the encrypted projects that had the blob; none: nothing of it is secret.</param>
    public async ValueTask PutAsync(IMetadataTransaction transaction, PurgeRecord record, IReadOnlyList<string> sealedKeys, CancellationToken cancellationToken)
    {
        foreach (string key in sealedKeys)
        {
            await _sealed.PutAsync(transaction, key, record, cancellationToken);
        }

        if (sealedKeys.Count == 0)
        {
            await _purges.PutAsync(transaction, record.Digest.Hex, record, cancellationToken);
        }
    }

    /// <summary>Lets the same bytes be put again; null where they were never purged.</summary>
    public ValueTask<PurgeRecord?> AllowAsync(Digest digest, string by, CancellationToken cancellationToken) => metadata.WriteAsync(
        async transaction =>
        {
            PurgeRecord? allowed = null;
            if (await _purges.FindAsync(transaction, digest.Hex, cancellationToken) is { } record)
            {
                await _purges.PutAsync(transaction, digest.Hex, allowed = record with { AllowedBy = by }, cancellationToken);
            }

            List<KeyValuePair<string, PurgeRecord>> rows = await _sealed.ScanAsync(transaction, null, cancellationToken).ToListAsync(cancellationToken);
            foreach ((string key, PurgeRecord row) in rows.Where(row => row.Value.Digest == digest))
            {
                await _sealed.PutAsync(transaction, key, allowed = row with { AllowedBy = by }, cancellationToken);
            }

            return allowed;
        },
        cancellationToken);
}
