using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Metadata.Sqlite;
using Slipway.Linux;
using Slipway.Linux.Sqlite;

namespace Slipway.Content.Metadata;

/// <summary>
/// Metadata in one SQLite file through the system's library: a write-ahead log, so that readers never wait for the writer, and a sync at
/// every commit, so that a write that returned survives a power cut. One writer at a time, in the order of their calls.
/// </summary>
public sealed class SqliteMetadataStore : IMetadataStore
{
    private const int IdleReaders = 8;
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly AsyncLocal<SqliteTransaction?> _current = new();
    private int _disposed;

    private SqliteMetadataStore(string path, SqliteConnection writer) => (_path, _writer) = (path, writer);

    /// <summary>
    /// Opens the database at <paramref name="path"/>, making it (readable by its owner only) where it is absent and taking an older one
    /// forward to this program's schema.
    /// </summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.FailedPrecondition"/>: it is newer than this program; <see cref="ErrorKind.Corrupt"/>: it is no database or is
    /// damaged; <see cref="ErrorKind.Unavailable"/>: the system has no SQLite; <see cref="ErrorKind.PermissionDenied"/>: it cannot be written.
    /// </exception>
    public static ValueTask<SqliteMetadataStore> OpenAsync(string path, CancellationToken cancellationToken) =>
        OpenAsync(path, SqliteSchema.Current, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        SqliteConnection connection = _readers.TryTake(out SqliteConnection? idle) ? idle : Guard(() => Connect(_path));
        SqliteTransaction reader = new(connection, _path);
        try
        {
            Guard(() => connection.Execute("BEGIN"));
            return await body(reader);
        }
        finally
        {
            reader.Close();
            Return(connection);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The call stands inside the body of another write, which would wait for itself.</exception>
    public async ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        if (_current.Value is { IsOpen: true })
        {
            throw new InvalidOperationException("a metadata write was begun inside the body of another; use the transaction at hand");
        }

        await _writing.WaitAsync(cancellationToken);
        SqliteTransaction transaction = new(_writer, _path);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            Guard(() => _writer.Execute("BEGIN IMMEDIATE"));
            _current.Value = transaction;
            T result = await body(transaction);
            transaction.Close();
            Guard(() => _writer.Execute("COMMIT"));
            return result;
        }
        finally
        {
            transaction.Close();
            RollBack(_writer);
            _writing.Release();
        }
    }

    /// <summary>Reads the whole database again: its structure, and every record's sum. Returns what is wrong.</summary>
    public ValueTask<MetadataCheck> VerifyAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        SqliteConnection connection = Guard(() => Connect(_path));
        try
        {
            List<MetadataFault> faults = SqliteCheck.Run(connection, cancellationToken, out long count);
            return new(new MetadataCheck(count, faults));
        }
        catch (Exception exception) when (SqliteFailure.IsKnown(exception))
        {
            // Where the structure is so damaged that it cannot be read through, that is what is wrong.
            return new(new MetadataCheck(0, [new MetadataFault(null, null, SqliteFailure.Translate(exception, _path).Message)]));
        }
        finally
        {
            connection.Dispose();
        }
    }

    /// <summary>Puts the record of a copy of this database in the place of a damaged one; false where the copy has none.</summary>
    public async ValueTask<bool> RepairAsync(MetadataFault fault, MetadataCopy copy, CancellationToken cancellationToken)
    {
        if (fault.Table is null || copy.Find(fault) is not { } good)
        {
            return false;
        }

        return await WriteAsync(
            async transaction =>
            {
                // Where the key has changed into bytes that are no text, what was read of it does not name the record: its sum does.
                await transaction.DeleteAsync(fault.Table, fault.Key!, cancellationToken);
                DeleteBySum(fault.Sum);
                await transaction.PutAsync(good.Table, good.Key, good.Value, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    private void DeleteBySum(ReadOnlyMemory<byte> sum)
    {
        SqliteStatement statement = _writer.Prepare("DELETE FROM records WHERE sum = ?1");
        try
        {
            statement.Bind(1, sum.Span).Step();
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _writing.WaitAsync();
        while (_readers.TryTake(out SqliteConnection? reader))
        {
            reader.Dispose();
        }

        _writer.Dispose();
        _writing.Release();
    }

    internal static ValueTask<SqliteMetadataStore> OpenAsync(string path, SqliteSchema schema, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        path = Path.GetFullPath(path);
        SqliteConnection? connection = null;
        try
        {
            bool isNew = CreatePrivate(path);
            connection = Connect(path);
            schema.Migrate(connection, path);
            if (isNew)
            {
                string parent = Path.GetDirectoryName(path)!;
                using SafeFileHandle directory = Libc.Open(parent, OpenFlags.Directory);
                Libc.Fsync(directory, parent);
            }

            return new(new SqliteMetadataStore(path, connection));
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            throw exception switch
            {
                UnauthorizedAccessException or LinuxException { Errno: Errno.EACCES or Errno.EROFS } => new SlipwayException(
                    ErrorKind.PermissionDenied, $"metadata database {path} cannot be made: {exception.Message}", innerException: exception),
                _ when SqliteFailure.IsKnown(exception) => SqliteFailure.Translate(exception, path),
                _ => exception,
            };
        }
    }

    private static SqliteConnection Connect(string path)
    {
        SqliteConnection connection = SqliteConnection.Open(path, BusyTimeout);
        try
        {
            string mode = connection.ExecuteText("PRAGMA journal_mode = WAL");
            if (mode != "wal")
            {
                throw new SlipwayException(
                    ErrorKind.FailedPrecondition,
                    $"metadata database {path} cannot keep a write-ahead log (its journal mode is {mode})",
                    "Keep SLIPWAY_HOME on a local disk, not on a network file system.");
            }

            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute("PRAGMA trusted_schema = OFF");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes an empty file that only its owner may read: records can hold secrets, and SQLite gives its log the same mode.</summary>
    private static bool CreatePrivate(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            const int ownerOnly = 0x180; // 0600
            using SafeFileHandle file = Libc.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, ownerOnly);
            return true;
        }
        catch (LinuxException exception) when (exception.Errno == Errno.EEXIST)
        {
            return false;
        }
    }

    private static void RollBack(SqliteConnection connection)
    {
        if (connection.InTransaction)
        {
            connection.Execute("ROLLBACK");
        }
    }

    private void Return(SqliteConnection connection)
    {
        RollBack(connection);
        if (_readers.Count < IdleReaders)
        {
            _readers.Add(connection);
        }
        else
        {
            connection.Dispose();
        }

        // A reader that comes back after the store was closed is nobody's to keep.
        if (_disposed != 0 && _readers.TryTake(out SqliteConnection? late))
        {
            late.Dispose();
        }
    }

    private void Guard(Action action) => Guard(() =>
    {
        action();
        return true;
    });

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (SqliteFailure.IsKnown(exception))
        {
            throw SqliteFailure.Translate(exception, _path);
        }
    }
}
