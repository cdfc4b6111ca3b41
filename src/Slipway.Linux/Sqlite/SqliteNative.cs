using System.Runtime.InteropServices;

namespace Slipway.Linux.Sqlite;

/// <summary>The functions of the system's SQLite that <see cref="SqliteConnection"/> and <see cref="SqliteStatement"/> use, as sqlite3.h declares them.</summary>
internal static partial class SqliteNative
{
    /// <summary>SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.</summary>
    internal const nint Transient = -1;

    private const string Library = "libsqlite3.so.0";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_open_v2(string path, out SqliteConnectionHandle connection, int flags, nint vfs);

    [LibraryImport(Library)]
    internal static partial int sqlite3_close_v2(nint connection);

    [LibraryImport(Library)]
    internal static partial int sqlite3_extended_result_codes(SqliteConnectionHandle connection, int on);

    [LibraryImport(Library)]
    internal static partial int sqlite3_busy_timeout(SqliteConnectionHandle connection, int milliseconds);

    [LibraryImport(Library)]
    internal static partial int sqlite3_get_autocommit(SqliteConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int sqlite3_changes(SqliteConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int sqlite3_extended_errcode(SqliteConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial int sqlite3_system_errno(SqliteConnectionHandle connection);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_errmsg(SqliteConnectionHandle connection);

    [LibraryImport(Library)]
    internal static unsafe partial int sqlite3_prepare_v3(
        SqliteConnectionHandle connection, byte* sql, int length, uint flags, out SqliteStatementHandle statement, byte** tail);

    [LibraryImport(Library)]
    internal static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_step(SqliteStatementHandle statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_reset(SqliteStatementHandle statement);

    [LibraryImport(Library)]
    internal static partial int sqlite3_clear_bindings(SqliteStatementHandle statement);

    [LibraryImport(Library)]
    internal static unsafe partial int sqlite3_bind_text(SqliteStatementHandle statement, int index, byte* text, int length, nint destructor);

    [LibraryImport(Library)]
    internal static unsafe partial int sqlite3_bind_blob(SqliteStatementHandle statement, int index, byte* value, int length, nint destructor);

    [LibraryImport(Library)]
    internal static partial int sqlite3_bind_int64(SqliteStatementHandle statement, int index, long value);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_column_text(SqliteStatementHandle statement, int column);

    [LibraryImport(Library)]
    internal static partial nint sqlite3_column_blob(SqliteStatementHandle statement, int column);

    [LibraryImport(Library)]
    internal static partial int sqlite3_column_bytes(SqliteStatementHandle statement, int column);

    [LibraryImport(Library)]
    internal static partial long sqlite3_column_int64(SqliteStatementHandle statement, int column);
}
