using Slipway.Content.Metadata.Sqlite;
using Slipway.Linux.Sqlite;

namespace Slipway.Content.Metadata;

/// <summary>Another database of records, a replica or a backup, from which damaged ones are restored. Nothing is written there.</summary>
public sealed class MetadataCopy : IDisposable
{
    private readonly SqliteConnection _connection;

    private MetadataCopy(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the database of a home; null where there is none, or one without sums.</summary>
    public static MetadataCopy? TryOpen(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        SqliteConnection? connection = null;
        try
        {
            connection = SqliteConnection.Open(path, TimeSpan.FromSeconds(10));
            connection.Execute("PRAGMA query_only = ON");
            if (connection.ExecuteNumber("PRAGMA user_version") >= 2)
            {
                return new MetadataCopy(connection);
            }
        }
        catch (Exception failure) when (SqliteFailure.IsKnown(failure))
        {
            // A database that cannot be read has no good copies.
        }

        connection?.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>The record that a damaged one was: the one of its sum, since its key may be what changed, else the one of its key.</summary>
    internal (string Table, string Key, byte[] Value)? Find(MetadataFault fault) =>
        Query("SELECT tab, key, value, sum FROM records WHERE sum = ?1", statement => statement.Bind(1, fault.Sum.Span))
        ?? Query("SELECT tab, key, value, sum FROM records WHERE tab = ?1 AND key = ?2", statement => statement.Bind(1, fault.Table!).Bind(2, fault.Key!));

    private (string Table, string Key, byte[] Value)? Query(string sql, Action<SqliteStatement> bind)
    {
        SqliteStatement statement = _connection.Prepare(sql);
        try
        {
            bind(statement);
            if (!statement.Step())
            {
                return null;
            }

            (string table, string key, byte[] value) = (statement.Text(0), statement.Text(1), statement.Bytes(2));
            return RowSum.Matches(table, key, value, statement.Bytes(3)) ? (table, key, value) : null;
        }
        catch (SqliteException)
        {
            return null;
        }
        finally
        {
            statement.Reset();
        }
    }
}
