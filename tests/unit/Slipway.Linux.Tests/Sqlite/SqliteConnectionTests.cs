using System.Text;
using Slipway.Linux.Sqlite;

namespace Slipway.Linux.Tests.Sqlite;

public sealed class SqliteConnectionTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"slipway-{Guid.NewGuid():n}.db");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Values_come_back_as_they_were_bound()
    {
        using SqliteConnection connection = Open();
        connection.Execute("CREATE TABLE t (a TEXT, b BLOB, c INTEGER)");
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        SqliteStatement insert = connection.Prepare("INSERT INTO t VALUES (?1, ?2, ?3)");
        insert.Bind(1, "é\0\U0001F600").Bind(2, all).Bind(3, long.MinValue);
        Assert.False(insert.Step());
        Assert.Equal(1, connection.Changes);
        SqliteStatement select = connection.Prepare("SELECT a, b, c FROM t");
        Assert.True(select.Step());
        Assert.Equal("é\0\U0001F600", select.Text(0));
        Assert.Equal(all, select.Bytes(1));
        Assert.Equal(long.MinValue, select.Number(2));
        Assert.False(select.Step());
    }

    [Fact]
    public void Empty_text_and_bytes_are_not_null()
    {
        using SqliteConnection connection = Open();
        SqliteStatement select = connection.Prepare("SELECT ?1 IS NULL OR ?2 IS NULL, typeof(?1), typeof(?2)");
        select.Bind(1, string.Empty).Bind(2, ReadOnlySpan<byte>.Empty);
        Assert.True(select.Step());
        Assert.Equal(0, select.Number(0));
        Assert.Equal(("text", "blob"), (select.Text(1), select.Text(2)));
    }

    [Fact]
    public void An_error_has_its_code_and_message()
    {
        using SqliteConnection connection = Open();
        SqliteException refused = Assert.Throws<SqliteException>(() => connection.Execute("SELECT nonsense"));
        Assert.Equal(SqliteCode.Error, refused.Code);
        Assert.Contains("nonsense", refused.Message, StringComparison.Ordinal);
        connection.Execute("CREATE TABLE t (a INTEGER PRIMARY KEY)");
        connection.Execute("INSERT INTO t VALUES (1)");
        Assert.Equal(SqliteCode.Constraint, Assert.Throws<SqliteException>(() => connection.Execute("INSERT INTO t VALUES (1)")).Code);
    }

    [Fact]
    public void Text_that_UTF8_cannot_write_is_refused()
    {
        using SqliteConnection connection = Open();
        SqliteStatement statement = connection.Prepare("SELECT ?1");
        Assert.Throws<EncoderFallbackException>(() => statement.Bind(1, "\ud800"));
    }

    [Fact]
    public void Two_statements_in_one_text_are_refused()
    {
        using SqliteConnection connection = Open();
        Assert.Throws<ArgumentException>(() => connection.Execute("SELECT 1; SELECT 2"));
        Assert.Throws<ArgumentException>(() => connection.Execute("-- nothing"));
    }

    [Fact]
    public void A_transaction_ends_with_its_rollback()
    {
        using SqliteConnection connection = Open();
        connection.Execute("CREATE TABLE t (a)");
        connection.Execute("BEGIN");
        Assert.True(connection.InTransaction);
        connection.Execute("INSERT INTO t VALUES (1)");
        connection.Execute("ROLLBACK");
        Assert.False(connection.InTransaction);
        Assert.Equal(0, connection.ExecuteNumber("SELECT count(*) FROM t"));
    }

    [Fact]
    public void A_lock_of_another_connection_is_busy()
    {
        using SqliteConnection first = Open();
        using SqliteConnection second = SqliteConnection.Open(_path, TimeSpan.Zero);
        first.Execute("CREATE TABLE t (a)");
        first.Execute("BEGIN IMMEDIATE");
        Assert.Equal(SqliteCode.Busy, Assert.Throws<SqliteException>(() => second.Execute("BEGIN IMMEDIATE")).Code);
    }

    private SqliteConnection Open() => SqliteConnection.Open(_path, TimeSpan.FromSeconds(1));
}
