using System.Globalization;
using System.Text;

namespace Slipway.Engine;

/// <summary>
/// Reads the log that conmon writes (Kubernetes' CRI format): <c>TIME STREAM F|P TEXT</c>. A line that the process wrote in pieces comes as
/// pieces marked P and a last one marked F; they are joined here, each stream's on its own.
/// </summary>
internal sealed class K8sLog
{
    /// <summary>A longer line is given out in pieces.</summary>
    public const int MaximumLine = 1024 * 1024;

    private readonly Partial[] _partials = [new(), new()];

    /// <summary>Takes one line of the file without its newline; gives a finished log line or null.</summary>
    public LogLine? Add(ReadOnlySpan<byte> line)
    {
        if (!TryParse(line, out DateTimeOffset time, out StreamKind stream, out bool isPartial, out ReadOnlySpan<byte> text))
        {
            return null;
        }

        Partial partial = _partials[stream == StreamKind.Stdout ? 0 : 1];
        if (partial.Content.Length == 0)
        {
            partial.Time = time;
        }

        partial.Content.Write(text);
        if (!isPartial)
        {
            partial.Content.WriteByte((byte)'\n');
        }

        return !isPartial || partial.Content.Length >= MaximumLine ? partial.Take(stream) : null;
    }

    /// <summary>What the process wrote last without a newline.</summary>
    public IEnumerable<LogLine> Finish()
    {
        foreach (StreamKind stream in (StreamKind[])[StreamKind.Stdout, StreamKind.Stderr])
        {
            Partial partial = _partials[stream == StreamKind.Stdout ? 0 : 1];
            if (partial.Content.Length > 0)
            {
                yield return partial.Take(stream);
            }
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> line, out DateTimeOffset time, out StreamKind stream, out bool isPartial, out ReadOnlySpan<byte> text)
    {
        stream = StreamKind.Stdout;
        isPartial = false;
        text = default;
        ReadOnlySpan<byte> first = Next(ref line);
        ReadOnlySpan<byte> second = Next(ref line);
        ReadOnlySpan<byte> third = Next(ref line);
        if (!DateTimeOffset.TryParse(Encoding.ASCII.GetString(first), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
        {
            return false;
        }

        stream = second.SequenceEqual("stderr"u8) ? StreamKind.Stderr : StreamKind.Stdout;
        isPartial = third.SequenceEqual("P"u8);
        text = line;
        return isPartial || third.SequenceEqual("F"u8);
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        int end = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[(end + 1)..];
        return word;
    }

    private sealed class Partial
    {
        public MemoryStream Content { get; } = new();

        public DateTimeOffset Time { get; set; }

        public LogLine Take(StreamKind stream)
        {
            LogLine line = new(stream, Time, Content.ToArray());
            Content.SetLength(0);
            return line;
        }
    }
}
