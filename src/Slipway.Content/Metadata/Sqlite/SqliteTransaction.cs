using System.Runtime.CompilerServices;
using Slipway.Linux.Sqlite;

namespace Slipway.Content.Metadata.Sqlite;

/// <summary>The verbs of a read or a write over one connection that stands inside a transaction. Closed when the caller's body ends.</summary>
internal sealed class SqliteTransaction(SqliteConnection connection, string path) : IMetadataTransaction
{
    private const int FirstPage = 16;
    private const int LargestPage = 512;

    private bool _closed;

    /// <summary>True until <see cref="Close"/>.</summary>
    public bool IsOpen => !Volatile.Read(ref _closed);

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetAsync(string table, string key, CancellationToken cancellationToken) => new(Run(
        statement => statement.Bind(1, table).Bind(2, key).Step() ? Checked(table, key, statement.Bytes(0), statement.Bytes(1)) : null,
        "SELECT value, sum FROM records WHERE tab = ?1 AND key = ?2",
        cancellationToken));

    /// <inheritdoc/>
    public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        Run(
            statement => statement.Bind(1, table).Bind(2, key).Bind(3, value.Span).Bind(4, RowSum.Of(table, key, value.Span)).Step(),
            "INSERT INTO records (tab, key, value, sum) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (tab, key) DO UPDATE SET value = excluded.value, sum = excluded.sum",
            cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string table, string key, CancellationToken cancellationToken)
    {
        Run(statement => statement.Bind(1, table).Bind(2, key).Step(), "DELETE FROM records WHERE tab = ?1 AND key = ?2", cancellationToken);
        return new(connection.Changes > 0);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Rows are fetched page by page, and no statement stays open between them: a body may change the table that it scans, and a row changed
    /// beyond the page at hand is seen as changed.
    /// </remarks>
    public async IAsyncEnumerable<KeyValuePair<string, byte[]>> ScanAsync(
        string table, string? from, string? to, [EnumeratorCancellation] CancellationToken cancellationToken, bool descending = false, int limit = int.MaxValue)
    {
        await ValueTask.CompletedTask;
        int page = FirstPage;
        string lower = from ?? string.Empty;
        string? upper = to;
        while (limit > 0)
        {
            int wanted = Math.Min(page, limit);
            List<KeyValuePair<string, byte[]>> rows = ReadPage(table, lower, upper, descending, wanted, cancellationToken);
            foreach (KeyValuePair<string, byte[]> row in rows)
            {
                yield return row;
            }

            if (rows.Count < wanted)
            {
                yield break;
            }

            // The least key above one is that key with a zero byte behind it.
            (lower, upper) = descending ? (lower, rows[^1].Key) : (rows[^1].Key + '\0', upper);
            limit -= rows.Count;
            page = Math.Min(page * 2, LargestPage);
        }
    }

    /// <summary>Ends the verbs: a reader that outlives its body must not see the next caller's transaction.</summary>
    public void Close() => Volatile.Write(ref _closed, true);

    private static string ScanSql(bool bounded, bool descending) => (bounded, descending) switch
    {
        (false, false) => "SELECT key, value, sum FROM records WHERE tab = ?1 AND key >= ?2 ORDER BY key LIMIT ?3",
        (false, true) => "SELECT key, value, sum FROM records WHERE tab = ?1 AND key >= ?2 ORDER BY key DESC LIMIT ?3",
        (true, false) => "SELECT key, value, sum FROM records WHERE tab = ?1 AND key >= ?2 AND key < ?4 ORDER BY key LIMIT ?3",
        (true, true) => "SELECT key, value, sum FROM records WHERE tab = ?1 AND key >= ?2 AND key < ?4 ORDER BY key DESC LIMIT ?3",
    };

    private List<KeyValuePair<string, byte[]>> ReadPage(
        string table, string lower, string? upper, bool descending, int count, CancellationToken cancellationToken) => Run(
        statement =>
        {
            statement.Bind(1, table).Bind(2, lower).Bind(3, count);
            if (upper is not null)
            {
                statement.Bind(4, upper);
            }

            List<KeyValuePair<string, byte[]>> rows = [];
            while (statement.Step())
            {
                string key = statement.Text(0);
                rows.Add(new(key, Checked(table, key, statement.Bytes(1), statement.Bytes(2))));
            }

            return rows;
        },
        ScanSql(upper is not null, descending),
        cancellationToken);

    private byte[] Checked(string table, string key, byte[] value, byte[] sum) => RowSum.Matches(table, key, value, sum)
        ? value
        : throw new SlipwayException(
            ErrorKind.Corrupt,
            $"record '{key.Replace(TableKey.Separator, ' ')}' of table {table} in {path} is damaged: its bytes do not have its sum",
            "The disk changed stored bytes. slipway verify --all lists what else is damaged.");

    private T Run<T>(Func<SqliteStatement, T> body, string sql, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsOpen)
        {
            throw new InvalidOperationException("a metadata reader or transaction was used after its body had ended");
        }

        SqliteStatement? statement = null;
        try
        {
            statement = connection.Prepare(sql);
            return body(statement);
        }
        catch (Exception exception) when (SqliteFailure.IsKnown(exception))
        {
            throw SqliteFailure.Translate(exception, path);
        }
        finally
        {
            statement?.Reset();
        }
    }
}
