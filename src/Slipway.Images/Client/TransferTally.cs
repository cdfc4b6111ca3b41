namespace Slipway.Images.Client;

/// <summary>How far a pull or a push is.</summary>
/// <param name="Done">Bytes that came or went, of <paramref name="Total"/>; those that were there already are in neither.</param>
public sealed record TransferStep(string What, long Done, long Total);

/// <summary>Counts what several layers transfer at once.</summary>
internal sealed class TransferTally(string what, IProgress<TransferStep>? progress)
{
    private long _done;
    private long _total;

    /// <summary>Bytes transferred.</summary>
    public long Done => Interlocked.Read(ref _done);

    public void Expect(long bytes) => Interlocked.Add(ref _total, bytes);

    /// <summary>Counts what is only known as it comes.</summary>
    public void AddWithout(long bytes)
    {
        Expect(bytes);
        Add(bytes);
    }

    public void Add(long bytes)
    {
        long done = Interlocked.Add(ref _done, bytes);
        progress?.Report(new(what, done, Interlocked.Read(ref _total)));
    }
}
