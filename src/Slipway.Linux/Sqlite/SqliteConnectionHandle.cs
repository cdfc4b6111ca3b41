using System.Runtime.InteropServices;

namespace Slipway.Linux.Sqlite;

/// <summary>An open sqlite3*. Closed with sqlite3_close_v2, which waits for statements that are finalised later.</summary>
internal sealed class SqliteConnectionHandle : SafeHandle
{
    public SqliteConnectionHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => SqliteNative.sqlite3_close_v2(handle) == (int)SqliteCode.Ok;
}
