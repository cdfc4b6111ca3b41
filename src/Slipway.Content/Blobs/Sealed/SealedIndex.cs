using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;

namespace Slipway.Content.Blobs.Sealed;

/// <summary>Which sealed blob holds the bytes of which digest, for one project. New rows wait in memory for the next flush.</summary>
internal sealed class SealedIndex(IMetadataStore metadata, ProjectKeys keys)
{
    /// <summary>The table of all projects' rows.</summary>
    public const string Table = "sealed-blobs";

    private const int RowsInTransaction = 2000;
    private const int Page = 1000;

    private readonly ConcurrentDictionary<Digest, SealedRow> _waiting = new();

    /// <summary>The row of a digest; null where there is none.</summary>
    public async ValueTask<SealedRow?> FindAsync(Digest plain, CancellationToken cancellationToken)
    {
        if (_waiting.TryGetValue(plain, out SealedRow? waiting))
        {
            return waiting;
        }

        string key = SealedRow.KeyOf(keys, plain);
        byte[]? row = await metadata.ReadAsync(reader => reader.GetAsync(Table, key, cancellationToken), cancellationToken);
        if (row is null)
        {
            // It may have been written between the two looks.
            return _waiting.GetValueOrDefault(plain);
        }

        SealedRow found = SealedRow.Decode(keys, key, row);
        return found.Plain == plain
            ? found
            : throw new SlipwayException(ErrorKind.Corrupt, $"the index of sealed blobs of project {keys.Project} has another blob in the place of {plain}");
    }

    /// <summary>Adds a row; it is durable after the next <see cref="WriteAsync"/>.</summary>
    public void Add(SealedRow row) => _waiting[row.Plain] = row;

    /// <summary>The rows that wait now.</summary>
    public SealedRow[] Waiting() => [.. _waiting.Values];

    /// <summary>Writes rows whose blobs are durable.</summary>
    public async ValueTask WriteAsync(SealedRow[] rows, CancellationToken cancellationToken)
    {
        foreach (SealedRow[] part in rows.Chunk(RowsInTransaction))
        {
            await metadata.WriteAsync(
                async transaction =>
                {
                    // One that was deleted since must not come back.
                    foreach (SealedRow row in part.Where(row => _waiting.GetValueOrDefault(row.Plain) == row))
                    {
                        string key = SealedRow.KeyOf(keys, row.Plain);
                        await transaction.PutAsync(Table, key, row.Encode(keys, key), cancellationToken);
                    }

                    return true;
                },
                cancellationToken);
            foreach (SealedRow row in part)
            {
                _waiting.TryRemove(KeyValuePair.Create(row.Plain, row));
            }
        }
    }

    /// <summary>Removes rows.</summary>
    public async ValueTask DeleteAsync(IReadOnlyList<SealedRow> rows, CancellationToken cancellationToken)
    {
        foreach (SealedRow[] part in rows.Chunk(RowsInTransaction))
        {
            foreach (SealedRow row in part)
            {
                _waiting.TryRemove(KeyValuePair.Create(row.Plain, row));
            }

            await metadata.WriteAsync(
                async transaction =>
                {
                    foreach (SealedRow row in part)
                    {
                        await transaction.DeleteAsync(Table, SealedRow.KeyOf(keys, row.Plain), cancellationToken);
                    }

                    return true;
                },
                cancellationToken);
        }
    }

    /// <summary>Every row, those that wait included; read page by page.</summary>
    public async IAsyncEnumerable<SealedRow> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (SealedRow row in Waiting())
        {
            yield return row;
        }

        string from = keys.Project + TableKey.Separator;
        string to = keys.Project + (char)(TableKey.Separator + 1);
        List<KeyValuePair<string, byte[]>> page;
        do
        {
            string after = from;
            page = await metadata.ReadAsync(
                async reader => await reader.ScanAsync(Table, after, to, cancellationToken, limit: Page).ToListAsync(cancellationToken), cancellationToken);
            foreach ((string key, byte[] row) in page)
            {
                yield return SealedRow.Decode(keys, key, row);
                from = key + '\0';
            }
        }
        while (page.Count == Page);
    }
}
