using System.Runtime.CompilerServices;
using Slipway.Content.Keys;

namespace Slipway.Content.Metadata.Sealed;

/// <summary>
/// Metadata in which what names an encrypted project's files is sealed, see <see cref="SealedRows"/>. A scan of a whole table, as only the upkeep of
/// the store makes it, leaves out the rows of locked projects; any other look at one of them fails and says what unlocks it.
/// </summary>
public sealed class SealedMetadataStore(IMetadataStore inner, IKeyRing ring) : IMetadataStore
{
    /// <inheritdoc/>
    public ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken) =>
        inner.ReadAsync(reader => body(new Reader(reader, ring)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken) =>
        inner.WriteAsync(transaction => body(new Transaction(transaction, ring)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private class Reader(IMetadataReader inner, IKeyRing ring) : IMetadataReader
    {
        public async ValueTask<byte[]?> GetAsync(string table, string key, CancellationToken cancellationToken)
        {
            byte[]? row = await inner.GetAsync(table, key, cancellationToken);
            return row is not null && KeysOf(table, key) is { } keys ? SealedRows.Open(keys, table, key, row) : row;
        }

        public async IAsyncEnumerable<KeyValuePair<string, byte[]>> ScanAsync(
            string table, string? from, string? to, [EnumeratorCancellation] CancellationToken cancellationToken, bool descending = false, int limit = int.MaxValue)
        {
            bool whole = from is null && to is null;
            await foreach ((string key, byte[] row) in inner.ScanAsync(table, from, to, cancellationToken, descending, limit))
            {
                if (whole && SealedRows.ProjectOf(table, key) is { } project && ring.IsLocked(project))
                {
                    continue;
                }

                yield return new(key, KeysOf(table, key) is { } keys ? SealedRows.Open(keys, table, key, row) : row);
            }
        }

        protected ProjectKeys? KeysOf(string table, string key) => SealedRows.ProjectOf(table, key) is { } project ? ring.Find(project) : null;
    }

    private sealed class Transaction(IMetadataTransaction inner, IKeyRing ring) : Reader(inner, ring), IMetadataTransaction
    {
        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) => inner.PutAsync(
            table, key, KeysOf(table, key) is { } keys ? SealedRows.Seal(keys, table, key, value.Span) : value, cancellationToken);

        public ValueTask<bool> DeleteAsync(string table, string key, CancellationToken cancellationToken) => inner.DeleteAsync(table, key, cancellationToken);
    }
}
