namespace Slipway.Content.Blobs.Packs;

/// <summary>Counts what opening the segments had to mend.</summary>
internal sealed class RecoveryTally
{
    private long _torn;
    private long _damaged;
    private int _rebuilt;

    public void Torn(long bytes) => _torn += bytes;

    public void Damaged(long bytes) => _damaged += bytes;

    public void Rebuilt() => _rebuilt++;

    public RecoveryReport Report(int temporaryFiles) => new(temporaryFiles, _torn, _damaged, _rebuilt);
}
