using Slipway.Content.Metadata;
using Slipway.Content.Tests.Crashes;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>
/// A database that can be crashed inside of a transaction. Before a commit returns SQLite syncs its log: until then any of the sectors written there may be
/// missing. After that only a checkpoint writes, into the database itself, of which any sector may be old as long as the log is whole.
/// </summary>
/// <param name="crash">Called when the crash comes within this transaction, before it; what it returns is called after it, with the database and the log that are left.</param>
internal sealed class TornDatabase(IMetadataStore inner, string path, DiskLog log, Random random, Func<Action<byte[], byte[]>> crash) : IMetadataStore
{
    private const int Sector = 512;

    public ValueTask<T> ReadAsync<T>(Func<IMetadataReader, ValueTask<T>> body, CancellationToken cancellationToken) => inner.ReadAsync(body, cancellationToken);

    public async ValueTask<T> WriteAsync<T>(Func<IMetadataTransaction, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        if (!log.CountOne())
        {
            return await inner.WriteAsync(body, cancellationToken);
        }

        Action<byte[], byte[]> write = crash();
        (byte[] database, byte[] wal) = Read(path);
        try
        {
            return await inner.WriteAsync(body, cancellationToken);
        }
        finally
        {
            (byte[] databaseAfter, byte[] walAfter) = Read(path);
            if (random.Next(3) == 0)
            {
                write(DiskLog.Mix(database, databaseAfter, random, Sector), walAfter);
            }
            else
            {
                write(database, DiskLog.Mix(wal, walAfter, random, Sector));
            }
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>The bytes of a database and of its log.</summary>
    public static (byte[] Database, byte[] Log) Read(string path) =>
        (File.ReadAllBytes(path), File.Exists(path + "-wal") ? File.ReadAllBytes(path + "-wal") : []);
}
