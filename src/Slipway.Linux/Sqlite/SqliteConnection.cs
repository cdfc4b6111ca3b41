using System.Runtime.InteropServices;
using System.Text;

namespace Slipway.Linux.Sqlite;

/// <summary>
/// One connection to an SQLite database through the system's library. It may move between threads but is used by one at a time.
/// Statements are prepared once and kept for the connection's life.
/// </summary>
public sealed class SqliteConnection : IDisposable
{
    private const int OpenReadWrite = 0x2;
    private const int OpenCreate = 0x4;
    private const int OpenNoMutex = 0x8000;

    private readonly SqliteConnectionHandle _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    private SqliteConnection(SqliteConnectionHandle handle) => _handle = handle;

    /// <summary>False between BEGIN and the COMMIT or ROLLBACK that ends it; SQLite itself rolls back after some errors.</summary>
    public bool InTransaction => SqliteNative.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>How many rows the last INSERT, UPDATE or DELETE touched.</summary>
    public int Changes => SqliteNative.sqlite3_changes(_handle);

    /// <summary>Opens the database at <paramref name="path"/>, making it where it is absent.</summary>
    /// <param name="busyTimeout">How long a statement waits for another process's lock.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="DllNotFoundException">The system has no libsqlite3.so.0.</exception>
    public static SqliteConnection Open(string path, TimeSpan busyTimeout)
    {
        int result = SqliteNative.sqlite3_open_v2(path, out SqliteConnectionHandle handle, OpenReadWrite | OpenCreate | OpenNoMutex, 0);
        SqliteConnection connection = new(handle);
        try
        {
            connection.Check(result);
            _ = SqliteNative.sqlite3_extended_result_codes(handle, 1);
            connection.Check(SqliteNative.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The prepared statement of <paramref name="sql"/>, reset and without bindings. The connection owns it.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out SqliteStatement? statement))
        {
            statement = new SqliteStatement(this, Compile(Encoding.UTF8.GetBytes(sql)));
            _statements.Add(sql, statement);
        }

        statement.Reset();
        return statement;
    }

    /// <summary>Runs one statement that answers no rows, or whose rows do not matter.</summary>
    public void Execute(string sql)
    {
        SqliteStatement statement = Prepare(sql);
        try
        {
            while (statement.Step())
            {
            }
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Runs one statement and returns the first column of its first row as a number.</summary>
    public long ExecuteNumber(string sql)
    {
        SqliteStatement statement = Prepare(sql);
        try
        {
            return statement.Step() ? statement.Number(0) : throw new InvalidOperationException($"'{sql}' answered no row");
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Runs one statement and returns the first column of its first row as text.</summary>
    public string ExecuteText(string sql)
    {
        SqliteStatement statement = Prepare(sql);
        try
        {
            return statement.Step() ? statement.Text(0) : throw new InvalidOperationException($"'{sql}' answered no row");
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _handle.Dispose();
    }

    internal void Check(int result)
    {
        if (result is (int)SqliteCode.Ok or (int)SqliteCode.Row or (int)SqliteCode.Done)
        {
            return;
        }

        if (_handle.IsInvalid)
        {
            throw new SqliteException(result, 0, "out of memory");
        }

        string message = Marshal.PtrToStringUTF8(SqliteNative.sqlite3_errmsg(_handle)) ?? "unknown error";
        int extended = SqliteNative.sqlite3_extended_errcode(_handle);
        throw new SqliteException(extended == 0 ? result : extended, SqliteNative.sqlite3_system_errno(_handle), message);
    }

    private unsafe SqliteStatementHandle Compile(byte[] sql)
    {
        const uint persistent = 1;
        fixed (byte* text = sql)
        {
            byte* tail;
            int result = SqliteNative.sqlite3_prepare_v3(_handle, text, sql.Length, persistent, out SqliteStatementHandle statement, &tail);
            Check(result);
            if (statement.IsInvalid || tail != text + sql.Length)
            {
                statement.Dispose();
                throw new ArgumentException("exactly one SQL statement is expected", nameof(sql));
            }

            return statement;
        }
    }
}
