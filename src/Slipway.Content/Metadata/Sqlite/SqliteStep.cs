using Slipway.Linux.Sqlite;

namespace Slipway.Content.Metadata.Sqlite;

/// <summary>One step of a schema: a statement, then what SQL alone cannot do to the rows that are there.</summary>
internal sealed record SqliteStep(string Sql, Action<SqliteConnection>? Then = null)
{
    public static implicit operator SqliteStep(string sql) => new(sql);
}
