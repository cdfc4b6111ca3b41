using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Engine;

namespace Slipway.Daemon.Executors;

/// <summary>What one try of a datum keeps on disk: <c>pfs/</c> (inputs), <c>out/</c> (outputs) and <c>log</c>.</summary>
internal sealed class DatumFolder(string directory)
{
    private readonly string _log = Path.Combine(directory, "log");

    /// <summary>Seen as <c>/pfs</c>, read-only.</summary>
    public string Pfs => Path.Combine(directory, "pfs");

    /// <summary>Seen as <c>/pfs/out</c>.</summary>
    public string Out => Path.Combine(directory, "out");

    /// <summary>Adds a container's output to the try's log.</summary>
    public async ValueTask AppendLogAsync(IAsyncEnumerable<LogLine> lines, CancellationToken cancellationToken)
    {
        FileStream? file = null;
        try
        {
            await foreach (LogLine line in lines.WithCancellation(cancellationToken))
            {
                file ??= new FileStream(_log, FileMode.Append, FileAccess.Write);
                DatumLog.Write(file, line);
            }
        }
        finally
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }
        }
    }

    /// <summary>Moves the log into the store; null where nothing was said.</summary>
    public async ValueTask<Digest?> KeepLogAsync(IBlobStore blobs, CancellationToken cancellationToken) =>
        File.Exists(_log) ? (await blobs.AdoptAsync(_log, cancellationToken)).Digest : null;
}
