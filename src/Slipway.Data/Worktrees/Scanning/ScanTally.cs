namespace Slipway.Data.Worktrees.Scanning;

/// <summary>Counts what a scan met, while it goes on.</summary>
public sealed class ScanTally
{
    private long _files;
    private long _bytes;
    private long _read;

    /// <summary>Files and symlinks found.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Bytes in them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many of the files were read, because they are new or changed.</summary>
    public long Read => Interlocked.Read(ref _read);

    internal void Found(long files, long bytes)
    {
        Interlocked.Add(ref _files, files);
        Interlocked.Add(ref _bytes, bytes);
    }

    internal void WasRead() => Interlocked.Increment(ref _read);
}
