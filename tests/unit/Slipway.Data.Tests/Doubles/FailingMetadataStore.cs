using Slipway.Content.Metadata;

namespace Slipway.Data.Tests.Doubles;

/// <summary>A double of a metadata store that dies at a given write: inside of a transaction, or between two.</summary>
internal sealed class FailingMetadataStore(IMetadataStore store) : IMetadataStore
{
    /// <summary>How many writes still go through; null: all.</summary>
    public int? Left { get; set; }

    /// <summary>How many transactions wrote something and were committed.</summary>
    public int Committed { get; private set; }

    public ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken) => store.ReadAsync(body, cancellationToken);

    public async ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        T result = await store.WriteAsync(t => body(new Transaction(this, t)), cancellationToken);
        Committed++;
        return result;
    }

    public ValueTask DisposeAsync() => default;

    private void Count()
    {
        if (Left is { } left)
        {
            Left = left > 0 ? left - 1 : throw new IOException("the process was killed here");
        }
    }

    private sealed class Transaction(FailingMetadataStore owner, IMetadataTransaction transaction) : IMetadataTransaction
    {
        public ValueTask<byte[]?> GetAsync(string table, string key, CancellationToken cancellationToken) => transaction.GetAsync(table, key, cancellationToken);

        public IAsyncEnumerable<KeyValuePair<string, byte[]>> ScanAsync(
            string table, string? from, string? to, CancellationToken cancellationToken, bool descending = false, int limit = int.MaxValue) =>
            transaction.ScanAsync(table, from, to, cancellationToken, descending, limit);

        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        {
            owner.Count();
            return transaction.PutAsync(table, key, value, cancellationToken);
        }

        public ValueTask<bool> DeleteAsync(string table, string key, CancellationToken cancellationToken)
        {
            owner.Count();
            return transaction.DeleteAsync(table, key, cancellationToken);
        }
    }
}
