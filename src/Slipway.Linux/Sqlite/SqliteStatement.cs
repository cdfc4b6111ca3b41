using System.Text;

namespace Slipway.Linux.Sqlite;

/// <summary>A prepared statement: bind its parameters (from 1), step through its rows, read their columns (from 0), reset.</summary>
public sealed class SqliteStatement : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SqliteConnection _connection;
    private readonly SqliteStatementHandle _handle;

    internal SqliteStatement(SqliteConnection connection, SqliteStatementHandle handle)
    {
        _connection = connection;
        _handle = handle;
    }

    /// <summary>Binds text as UTF-8.</summary>
    /// <exception cref="EncoderFallbackException">The text holds half a surrogate pair, which UTF-8 cannot write.</exception>
    public unsafe SqliteStatement Bind(int index, string value)
    {
        byte[] bytes = Utf8.GetBytes(value);
        byte empty = 0;
        fixed (byte* text = bytes)
        {
            // A null pointer would bind NULL; an empty string is a value.
            _connection.Check(SqliteNative.sqlite3_bind_text(_handle, index, text is null ? &empty : text, bytes.Length, SqliteNative.Transient));
        }

        return this;
    }

    /// <summary>Binds bytes; none of them is an empty value, not NULL.</summary>
    public unsafe SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        byte empty = 0;
        fixed (byte* bytes = value)
        {
            _connection.Check(SqliteNative.sqlite3_bind_blob(_handle, index, bytes is null ? &empty : bytes, value.Length, SqliteNative.Transient));
        }

        return this;
    }

    /// <summary>Binds a number.</summary>
    public SqliteStatement Bind(int index, long value)
    {
        _connection.Check(SqliteNative.sqlite3_bind_int64(_handle, index, value));
        return this;
    }

    /// <summary>Moves to the next row; false after the last.</summary>
    public bool Step()
    {
        int result = SqliteNative.sqlite3_step(_handle);
        _connection.Check(result);
        return result == (int)SqliteCode.Row;
    }

    /// <summary>The text of a column of the current row.</summary>
    public unsafe string Text(int column)
    {
        nint text = SqliteNative.sqlite3_column_text(_handle, column);
        int length = SqliteNative.sqlite3_column_bytes(_handle, column);
        return text == 0 ? string.Empty : Encoding.UTF8.GetString((byte*)text, length);
    }

    /// <summary>A copy of the bytes of a column of the current row.</summary>
    public unsafe byte[] Bytes(int column)
    {
        nint bytes = SqliteNative.sqlite3_column_blob(_handle, column);
        int length = SqliteNative.sqlite3_column_bytes(_handle, column);
        return new ReadOnlySpan<byte>((byte*)bytes, bytes == 0 ? 0 : length).ToArray();
    }

    /// <summary>The number in a column of the current row.</summary>
    public long Number(int column) => SqliteNative.sqlite3_column_int64(_handle, column);

    /// <summary>Ends the run, releases its locks and forgets what was bound. Errors of the run were thrown by <see cref="Step"/>.</summary>
    public void Reset()
    {
        _ = SqliteNative.sqlite3_reset(_handle);
        _ = SqliteNative.sqlite3_clear_bindings(_handle);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
