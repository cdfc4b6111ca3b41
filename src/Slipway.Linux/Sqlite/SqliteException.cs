namespace Slipway.Linux.Sqlite;

/// <summary>SQLite refused a call. The codes are those of https://www.sqlite.org/rescode.html.</summary>
public sealed class SqliteException(int extendedCode, int systemErrno, string message) : IOException(message)
{
    /// <summary>The primary result code; see <see cref="SqliteCode"/>.</summary>
    public SqliteCode Code => (SqliteCode)(ExtendedCode & 0xff);

    /// <summary>The extended result code.</summary>
    public int ExtendedCode { get; } = extendedCode;

    /// <summary>The errno behind an I/O error, or 0.</summary>
    public int SystemErrno { get; } = systemErrno;
}
