using System.Collections.Immutable;
using System.Globalization;
using Slipway.Linux.Sqlite;

namespace Slipway.Content.Metadata.Sqlite;

/// <summary>
/// The database's shape as a numbered list of forward steps: step n takes user_version n-1 to n. A step that was released is never edited;
/// a change is a new step. There is no way back: an older program refuses a newer database.
/// </summary>
internal sealed class SqliteSchema(ImmutableArray<SqliteStep> steps)
{
    /// <summary>The schema of this program.</summary>
    public static SqliteSchema Current { get; } = new(
    [
        // 1: every room's records in one clustered tree, ordered by table and then by the bytes of the key.
        "CREATE TABLE records (tab TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (tab, key)) WITHOUT ROWID",

        // 2: beside each record its sum, so that a bit that the disk changed is found.
        new SqliteStep("ALTER TABLE records ADD COLUMN sum BLOB", AddSums),
    ]);

    /// <summary>The steps.</summary>
    public ImmutableArray<SqliteStep> Steps => steps;

    /// <summary>The version that <see cref="Migrate"/> arrives at.</summary>
    public int Version => steps.Length;

    /// <summary>Takes the database forward to <see cref="Version"/>, each step in a transaction of its own with its new number.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: the database is newer than this program.</exception>
    public void Migrate(SqliteConnection connection, string path)
    {
        while (true)
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                // Read inside the transaction: another process may be migrating too.
                long found = connection.ExecuteNumber("PRAGMA user_version");
                if (found > Version)
                {
                    throw new SlipwayException(
                        ErrorKind.FailedPrecondition,
                        $"metadata database {path} has schema version {found}, and this slipway knows versions up to {Version}",
                        "Upgrade slipway to the release that wrote it, or point SLIPWAY_HOME at another directory.");
                }

                if (found == Version)
                {
                    connection.Execute("ROLLBACK");
                    return;
                }

                SqliteStep step = steps[(int)found];
                connection.Execute(step.Sql);
                step.Then?.Invoke(connection);
                connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {found + 1}"));
                connection.Execute("COMMIT");
            }
            catch
            {
                if (connection.InTransaction)
                {
                    connection.Execute("ROLLBACK");
                }

                throw;
            }
        }
    }

    private static void AddSums(SqliteConnection connection)
    {
        (string Table, string Key) last = ("", "");
        while (true)
        {
            List<(string Table, string Key, byte[] Sum)> page = [];
            SqliteStatement read = connection.Prepare("SELECT tab, key, value FROM records WHERE (tab, key) > (?1, ?2) ORDER BY tab, key LIMIT 1000");
            read.Bind(1, last.Table).Bind(2, last.Key);
            while (read.Step())
            {
                last = (read.Text(0), read.Text(1));
                page.Add((last.Table, last.Key, RowSum.Of(last.Table, last.Key, read.Bytes(2))));
            }

            read.Reset();
            if (page.Count == 0)
            {
                return;
            }

            foreach ((string table, string key, byte[] sum) in page)
            {
                SqliteStatement write = connection.Prepare("UPDATE records SET sum = ?3 WHERE tab = ?1 AND key = ?2");
                write.Bind(1, table).Bind(2, key).Bind(3, sum).Step();
                write.Reset();
            }
        }
    }
}
