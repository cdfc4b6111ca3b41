namespace Slipway.Content.Metadata;

/// <summary>
/// Small records under ordered string keys in named tables, with serialisable transactions: what branches, commits, jobs, images and
/// containers are kept in. SQLite on one machine, PostgreSQL for many. Implementations are checked by <c>MetadataSuite</c>.
/// Keys are compared byte by byte in UTF-8. A table needs no declaration; it is empty until written.
/// </summary>
public interface IMetadataStore : IAsyncDisposable
{
    /// <summary>Runs <paramref name="body"/> over one consistent snapshot.</summary>
    ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken);

    /// <summary>
    /// Runs <paramref name="body"/> in one transaction, durable when the call returns; an exception rolls all of it back.
    /// Writers run one after another: the body must be short and must do no other I/O.
    /// </summary>
    ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken);
}

/// <summary>Reads within a snapshot or a transaction. Valid only inside the body that it was given to.</summary>
public interface IMetadataReader
{
    /// <summary>The value under a key, or null.</summary>
    ValueTask<byte[]?> GetAsync(string table, string key, CancellationToken cancellationToken);

    /// <summary>
    /// Rows with <paramref name="from"/> ≤ key &lt; <paramref name="to"/> (null: open end), ascending or, with
    /// <paramref name="descending"/>, from the highest key down; at most <paramref name="limit"/> rows.
    /// </summary>
    IAsyncEnumerable<KeyValuePair<string, byte[]>> ScanAsync(
        string table, string? from, string? to, CancellationToken cancellationToken, bool descending = false, int limit = int.MaxValue);
}

/// <summary>Reads and writes within one transaction.</summary>
public interface IMetadataTransaction : IMetadataReader
{
    /// <summary>Sets the value under a key.</summary>
    ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Removes a key; true where it was there.</summary>
    ValueTask<bool> DeleteAsync(string table, string key, CancellationToken cancellationToken);
}
