using System.Runtime.CompilerServices;

namespace Slipway.Engine;

/// <summary>Reads a container's log file as it grows.</summary>
internal static class LogFollower
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <param name="ended">
    /// Done when nothing more will be written; what is there then is still read. Null: reads what is there and ends.
    /// </param>
    public static async IAsyncEnumerable<LogLine> ReadAsync(
        string path, Task? ended, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!File.Exists(path))
        {
            if (ended is null or { IsCompleted: true })
            {
                yield break;
            }

            await Task.WhenAny(ended, Task.Delay(Interval, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);
        K8sLog log = new();
        byte[] buffer = new byte[64 * 1024];
        int filled = 0;
        while (true)
        {
            bool isLast = ended is null or { IsCompleted: true };
            while (await file.ReadAsync(buffer.AsMemory(filled), cancellationToken) is var read && read > 0)
            {
                filled += read;
                int start = 0;
                while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var length && length >= 0)
                {
                    if (log.Add(buffer.AsSpan(start, length)) is { } line)
                    {
                        yield return line;
                    }

                    start += length + 1;
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                filled -= start;
                if (filled == buffer.Length)
                {
                    // conmon's lines have at most 8 KiB of text and a short head; anything longer is not a log of its.
                    filled = 0;
                }
            }

            if (isLast)
            {
                break;
            }

            await Task.WhenAny(ended!, Task.Delay(Interval, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        foreach (LogLine line in log.Finish())
        {
            yield return line;
        }
    }
}
