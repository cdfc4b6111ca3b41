using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Slipway.Content.Metadata;

namespace Slipway.Data.Tests.Doubles;

/// <summary>A double of a metadata store: an immutable map, replaced as a whole when a write succeeds.</summary>
internal sealed class InMemoryMetadataStore : IMetadataStore
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private ImmutableSortedDictionary<(string Table, string Key), byte[]> _rows =
        ImmutableSortedDictionary.Create<(string, string), byte[]>(Comparer<(string Table, string Key)>.Create((x, y) =>
            string.CompareOrdinal(x.Table, y.Table) is int order and not 0 ? order : Encoding.UTF8.GetBytes(x.Key).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y.Key))));

    /// <summary>How many rows were read by scans.</summary>
    public int RowsScanned { get; private set; }

    /// <summary>How many rows were asked for by key.</summary>
    public int RowsRead { get; private set; }

    public ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken) =>
        body(new Transaction(this, _rows));

    public async ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            Transaction transaction = new(this, _rows);
            T result = await body(transaction);
            _rows = transaction.Rows;
            return result;
        }
        finally
        {
            _writing.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _writing.Dispose();
        return default;
    }

    private sealed class Transaction(InMemoryMetadataStore store, ImmutableSortedDictionary<(string Table, string Key), byte[]> rows) : IMetadataTransaction
    {
        public ImmutableSortedDictionary<(string Table, string Key), byte[]> Rows { get; private set; } = rows;

        public ValueTask<byte[]?> GetAsync(string table, string key, CancellationToken cancellationToken)
        {
            store.RowsRead++;
            return new(Rows.GetValueOrDefault((table, key)));
        }

        public async IAsyncEnumerable<KeyValuePair<string, byte[]>> ScanAsync(
            string table, string? from, string? to, [EnumeratorCancellation] CancellationToken cancellationToken, bool descending = false, int limit = int.MaxValue)
        {
            await Task.CompletedTask;
            IComparer<(string Table, string Key)> order = Rows.KeyComparer;
            IEnumerable<KeyValuePair<string, byte[]>> found = Rows
                .Where(r => r.Key.Table == table
                    && (from is null || order.Compare(r.Key, (table, from)) >= 0) && (to is null || order.Compare(r.Key, (table, to)) < 0))
                .Select(r => KeyValuePair.Create(r.Key.Key, r.Value));
            foreach (KeyValuePair<string, byte[]> row in (descending ? found.Reverse() : found).Take(limit).ToList())
            {
                store.RowsScanned++;
                yield return row;
            }
        }

        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        {
            Rows = Rows.SetItem((table, key), value.ToArray());
            return default;
        }

        public ValueTask<bool> DeleteAsync(string table, string key, CancellationToken cancellationToken)
        {
            bool there = Rows.ContainsKey((table, key));
            Rows = Rows.Remove((table, key));
            return new(there);
        }
    }
}
