using Slipway.Linux.Sqlite;

namespace Slipway.Content.Metadata.Sqlite;

/// <summary>Reads a whole database again: its structure as SQLite checks it, and every record's sum.</summary>
internal static class SqliteCheck
{
    private const int Page = 1000;

    /// <summary>All faults.</summary>
    /// <param name="count">Set to how many records were read.</param>
    public static List<MetadataFault> Run(SqliteConnection connection, CancellationToken cancellationToken, out long count)
    {
        List<MetadataFault> faults = [];
        SqliteStatement structure = connection.Prepare("PRAGMA integrity_check");
        while (structure.Step())
        {
            if (structure.Text(0) is var line && line != "ok")
            {
                faults.Add(new MetadataFault(null, null, line));
            }
        }

        structure.Reset();
        count = 0;
        (byte[] Table, byte[] Key) last = ([], []);
        while (ReadPage(connection, last, faults) is { Rows: > 0 } page)
        {
            cancellationToken.ThrowIfCancellationRequested();
            count += page.Rows;
            last = page.Last;
        }

        return faults;
    }

    /// <summary>Goes on behind the bytes of the last key, which may have changed into some that are no text: what is read of those stands elsewhere in the order.</summary>
    private static (int Rows, (byte[] Table, byte[] Key) Last) ReadPage(SqliteConnection connection, (byte[] Table, byte[] Key) after, List<MetadataFault> faults)
    {
        SqliteStatement statement = connection.Prepare(
            "SELECT tab, key, value, sum FROM records WHERE (tab, key) > (CAST(?1 AS TEXT), CAST(?2 AS TEXT)) ORDER BY tab, key LIMIT ?3");
        statement.Bind(1, after.Table.AsSpan()).Bind(2, after.Key.AsSpan()).Bind(3, Page);
        int rows = 0;
        while (statement.Step())
        {
            rows++;
            after = (statement.Bytes(0), statement.Bytes(1));
            (string table, string key) = (statement.Text(0), statement.Text(1));
            byte[] sum = statement.Bytes(3);
            if (!RowSum.Matches(table, key, statement.Bytes(2), sum))
            {
                faults.Add(new MetadataFault(table, key, "its bytes do not have its sum", sum));
            }
        }

        statement.Reset();
        return (rows, after);
    }
}
