namespace Slipway.Linux.Sqlite;

/// <summary>The primary result codes of SQLite that a caller may tell apart.</summary>
public enum SqliteCode
{
    Ok = 0,
    Error = 1,
    Permission = 3,
    Busy = 5,
    Locked = 6,
    ReadOnly = 8,
    IoError = 10,
    Corrupt = 11,
    Full = 13,
    CannotOpen = 14,
    Constraint = 19,
    Misuse = 21,
    NotADatabase = 26,
    Row = 100,
    Done = 101,
}
