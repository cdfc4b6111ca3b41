using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Slipway.Content.Metadata;

namespace Slipway.Pipelines.Tests.Memory;

/// <summary>A metadata store that forgets at the end of the test: immutable tables, one writer at a time.</summary>
public sealed class MemoryMetadataStore : IMetadataStore
{
    private static readonly ImmutableSortedDictionary<string, byte[]> Empty = ImmutableSortedDictionary.Create<string, byte[]>(new Utf8Order());
    private readonly SemaphoreSlim _writer = new(1);
    private volatile Snapshot _current = new(ImmutableDictionary<string, ImmutableSortedDictionary<string, byte[]>>.Empty);

    /// <summary>How many transactions were committed.</summary>
    public int Writes { get; private set; }

    public async ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await body(new Transaction(_current));
    }

    public async ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            var transaction = new Transaction(_current);
            T result = await body(transaction);
            _current = transaction.Result;
            Writes++;
            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Snapshot(ImmutableDictionary<string, ImmutableSortedDictionary<string, byte[]>> Tables);

    private sealed class Transaction(Snapshot basis) : IMetadataTransaction
    {
        public Snapshot Result { get; private set; } = basis;

        public ValueTask<byte[]?> GetAsync(string table, string key, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Rows(table).GetValueOrDefault(key));

        public async IAsyncEnumerable<KeyValuePair<string, byte[]>> ScanAsync(
            string table, string? from, string? to, [EnumeratorCancellation] CancellationToken cancellationToken, bool descending = false, int limit = int.MaxValue)
        {
            await ValueTask.CompletedTask;
            var order = new Utf8Order();
            IEnumerable<KeyValuePair<string, byte[]>> rows = Rows(table)
                .Where(row => (from is null || order.Compare(row.Key, from) >= 0) && (to is null || order.Compare(row.Key, to) < 0));
            foreach (KeyValuePair<string, byte[]> row in (descending ? rows.Reverse() : rows).Take(limit))
            {
                yield return row;
            }
        }

        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        {
            Result = new Snapshot(Result.Tables.SetItem(table, Rows(table).SetItem(key, value.ToArray())));
            return ValueTask.CompletedTask;
        }

        public ValueTask<bool> DeleteAsync(string table, string key, CancellationToken cancellationToken)
        {
            bool there = Rows(table).ContainsKey(key);
            Result = new Snapshot(Result.Tables.SetItem(table, Rows(table).Remove(key)));
            return ValueTask.FromResult(there);
        }

        private ImmutableSortedDictionary<string, byte[]> Rows(string table) => Result.Tables.GetValueOrDefault(table, Empty);
    }

    private sealed class Utf8Order : IComparer<string>
    {
        public int Compare(string? x, string? y) => Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}
