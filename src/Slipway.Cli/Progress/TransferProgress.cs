using Slipway.Cli.Output;

namespace Slipway.Cli.Progress;

/// <summary>Bytes that have gone, their rate, and how long the rest may take.</summary>
/// <param name="total">Bytes in all, where known.</param>
internal sealed class TransferProgress(TimeProvider time, string verb, long? total)
{
    private readonly long began = time.GetTimestamp();
    private long bytes;

    public long Bytes => Interlocked.Read(ref bytes);

    public TimeSpan Elapsed => time.GetElapsedTime(began);

    public void Add(long count) => Interlocked.Add(ref bytes, count);

    public override string ToString()
    {
        double seconds = Elapsed.TotalSeconds;
        double rate = seconds > 0 ? Bytes / seconds : 0;
        string text = $"{verb} {Format.Bytes(Bytes)}";
        if (total is long all)
        {
            text += $" of {Format.Bytes(all)}";
        }

        text += $", {Format.Bytes(rate)}/s";
        return total is long whole && rate > 0 && whole > Bytes && seconds > 2 ? $"{text}, {Format.Duration(TimeSpan.FromSeconds((whole - Bytes) / rate))} left" : text;
    }
}
