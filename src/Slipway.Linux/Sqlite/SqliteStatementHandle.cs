using System.Runtime.InteropServices;

namespace Slipway.Linux.Sqlite;

/// <summary>A prepared sqlite3_stmt*.</summary>
internal sealed class SqliteStatementHandle : SafeHandle
{
    public SqliteStatementHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    // sqlite3_finalize repeats the error of the last step, which was reported then.
    protected override bool ReleaseHandle()
    {
        _ = SqliteNative.sqlite3_finalize(handle);
        return true;
    }
}
