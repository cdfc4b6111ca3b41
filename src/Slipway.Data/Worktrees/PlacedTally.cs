namespace Slipway.Data.Worktrees;

/// <summary>Counts what a checkout places, from several threads at once.</summary>
internal sealed class PlacedTally
{
    private long _files;
    private long _bytes;

    public PlacedFiles Total => new(Interlocked.Read(ref _files), Interlocked.Read(ref _bytes));

    public void Add(long bytes)
    {
        Interlocked.Increment(ref _files);
        Interlocked.Add(ref _bytes, bytes);
    }
}
