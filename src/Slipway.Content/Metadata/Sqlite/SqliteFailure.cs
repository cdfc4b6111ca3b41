using System.Text;
using Slipway.Linux;
using Slipway.Linux.Sqlite;

namespace Slipway.Content.Metadata.Sqlite;

/// <summary>SQLite's errors in the words of every room.</summary>
internal static class SqliteFailure
{
    /// <summary>True for the exceptions that <see cref="Translate"/> has words for.</summary>
    public static bool IsKnown(Exception exception) =>
        exception is SqliteException or DllNotFoundException or EntryPointNotFoundException or EncoderFallbackException;

    /// <summary>What to throw instead of <paramref name="exception"/>.</summary>
    /// <param name="path">The database.</param>
    public static SlipwayException Translate(Exception exception, string path) => exception switch
    {
        SqliteException failure => Translate(failure, path),
        EncoderFallbackException => new(
            ErrorKind.InvalidArgument, "a metadata key is not valid Unicode: it holds half a surrogate pair", innerException: exception),
        _ => new(
            ErrorKind.Unavailable,
            $"the system's SQLite (libsqlite3.so.0), which keeps {path}, cannot be loaded",
            "apt-get install libsqlite3-0",
            exception),
    };

    private static SlipwayException Translate(SqliteException failure, string path) => failure.Code switch
    {
        SqliteCode.Full => Full(failure, path),
        SqliteCode.IoError when failure.SystemErrno is Errno.ENOSPC or Errno.EDQUOT => Full(failure, path),
        SqliteCode.Corrupt or SqliteCode.NotADatabase => new(
            ErrorKind.Corrupt,
            $"metadata database {path} is damaged: {failure.Message}",
            $"Stop the server and look at it with: sqlite3 {path} 'PRAGMA integrity_check'; what can be saved: sqlite3 {path} .recover",
            failure),
        SqliteCode.Busy or SqliteCode.Locked => new(
            ErrorKind.Conflict,
            $"metadata database {path} is locked by another process",
            $"See who holds it with: fuser -v {path}",
            failure),
        SqliteCode.CannotOpen or SqliteCode.ReadOnly or SqliteCode.Permission => new(
            ErrorKind.PermissionDenied,
            $"metadata database {path} cannot be opened for writing: {failure.Message}",
            "Check that its directory exists and belongs to the user that runs slipway.",
            failure),
        _ => new(ErrorKind.Internal, $"metadata database {path}: {failure.Message} (SQLite code {failure.ExtendedCode})", innerException: failure),
    };

    private static SlipwayException Full(SqliteException failure, string path) => new(
        ErrorKind.OutOfSpace, $"the disk that holds {path} is full; the change was undone", "Free some space and try again; df -h shows what is left.", failure);
}
