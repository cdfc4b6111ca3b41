using System.Globalization;
using System.Text;
using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Daemon.Executors;

/// <summary>
/// The log of a datum as a blob: for each piece of output a line <c>UNIXMILLIS STREAM LENGTH</c> (STREAM is 1 or 2, LENGTH in bytes)
/// and then its bytes, so that any output comes back as it was.
/// </summary>
public static class DatumLog
{
    /// <summary>Writes one piece.</summary>
    public static void Write(Stream log, LogLine line)
    {
        string header = string.Create(CultureInfo.InvariantCulture, $"{line.Time.ToUnixTimeMilliseconds()} {(int)line.Stream} {line.Content.Length}\n");
        log.Write(Encoding.ASCII.GetBytes(header));
        log.Write(line.Content.Span);
    }

    /// <summary>Reads every piece, in order.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: not of this form.</exception>
    public static async IAsyncEnumerable<LogLine> ReadAsync(Stream log)
    {
        using BufferedStream buffered = new(log, 64 * 1024);
        while (ReadHeader(buffered) is { } header)
        {
            string[] parts = header.Split(' ');
            if (parts.Length != 3
                || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long time)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int stream)
                || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            {
                throw new SlipwayException(ErrorKind.Corrupt, "a datum's log is not of its form");
            }

            byte[] content = new byte[length];
            await buffered.ReadExactlyAsync(content);
            yield return new LogLine((StreamKind)stream, DateTimeOffset.FromUnixTimeMilliseconds(time), content);
        }
    }

    private static string? ReadHeader(Stream log)
    {
        StringBuilder text = new();
        for (int next = log.ReadByte(); next != '\n'; next = log.ReadByte())
        {
            if (next < 0)
            {
                return text.Length == 0 ? null : throw new SlipwayException(ErrorKind.Corrupt, "a datum's log breaks off");
            }

            text.Append((char)next);
        }

        return text.ToString();
    }
}
