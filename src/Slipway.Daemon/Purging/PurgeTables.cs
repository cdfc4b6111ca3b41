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

    /// <summary>The record that a blob has already; null where it was never purged.</summary>
    public ValueTask<PurgeRow?> FindAsync(Digest digest, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            List<KeyValuePair<string, PurgeRecord>> rows = await SealedAsync(reader, digest, cancellationToken);
            PurgeRecord? record = rows.Count > 0 ? rows[0].Value : await _purges.FindAsync(reader, digest.Hex, cancellationToken);
            return record is null ? null : new PurgeRow(record, [.. rows.Select(row => row.Key)]);
        },
        cancellationToken);

    /// <summary>
    /// Keeps a record. One with a key in an encrypted project stands there alone, since its digest is secret; unless it was told before: then both say the same.
    /// </summary>
    public async ValueTask PutAsync(IMetadataTransaction transaction, PurgeRow row, CancellationToken cancellationToken)
    {
        foreach (string key in row.SealedKeys)
        {
            await _sealed.PutAsync(transaction, key, row.Record, cancellationToken);
        }

        if (row.SealedKeys.IsEmpty || await _purges.FindAsync(transaction, row.Record.Digest.Hex, cancellationToken) is not null)
        {
            await _purges.PutAsync(transaction, row.Record.Digest.Hex, row.Record, cancellationToken);
        }
    }

    /// <summary>Lets the same bytes be put again; null where they were never purged.</summary>
    public ValueTask<PurgeRecord?> AllowAsync(Digest digest, string by, CancellationToken cancellationToken) => metadata.WriteAsync(
        transaction => ChangeAsync(transaction, digest, record => record with { AllowedBy = by }, cancellationToken), cancellationToken);

    /// <summary>Notes that nothing is left of some purged blobs.</summary>
    public ValueTask<bool> EndAsync(IEnumerable<Digest> digests, CancellationToken cancellationToken) => metadata.WriteAsync(
        async transaction =>
        {
            foreach (Digest digest in digests)
            {
                await ChangeAsync(transaction, digest, record => record with { Remains = null }, cancellationToken);
            }

            return true;
        },
        cancellationToken);

    private async ValueTask<PurgeRecord?> ChangeAsync(
        IMetadataTransaction transaction, Digest digest, Func<PurgeRecord, PurgeRecord> change, CancellationToken cancellationToken)
    {
        PurgeRecord? changed = null;
        if (await _purges.FindAsync(transaction, digest.Hex, cancellationToken) is { } record)
        {
            await _purges.PutAsync(transaction, digest.Hex, changed = change(record), cancellationToken);
        }

        foreach ((string key, PurgeRecord row) in await SealedAsync(transaction, digest, cancellationToken))
        {
            await _sealed.PutAsync(transaction, key, changed = change(row), cancellationToken);
        }

        return changed;
    }

    private ValueTask<List<KeyValuePair<string, PurgeRecord>>> SealedAsync(IMetadataReader reader, Digest digest, CancellationToken cancellationToken) =>
        _sealed.ScanAsync(reader, null, cancellationToken).Where(row => row.Value.Digest == digest).ToListAsync(cancellationToken);
}
