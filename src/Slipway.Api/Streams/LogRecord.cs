using System.Text;
using System.Text.Unicode;

namespace Slipway.Api;

/// <summary>A piece of a container's output, with its newline when it had one: as text, or as base64 where it is not UTF-8.</summary>
public sealed record LogRecord(OutputStream Stream, DateTimeOffset Time, string? Text = null, byte[]? Data = null)
{
    public static LogRecord From(OutputStream stream, DateTimeOffset time, ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes)
        ? new LogRecord(stream, time, Text: Encoding.UTF8.GetString(bytes))
        : new LogRecord(stream, time, Data: bytes.ToArray());

    public byte[] ToBytes() => Data ?? Encoding.UTF8.GetBytes(Text ?? "");
}
