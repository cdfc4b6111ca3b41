using System.Buffers.Text;
using System.Text.Json;

namespace Slipway.Api;

/// <summary>One message of a <see cref="ContainerSession"/>.</summary>
public readonly record struct SessionFrame(Channel Channel, ReadOnlyMemory<byte> Payload)
{
    /// <summary>How it ended. The report of an ordinary end is read by hand, since the JSON reader takes longer to load than a container to run.</summary>
    public ExitReport ReadExit() => ReadPlainExit(Payload.Span) ?? JsonSerializer.Deserialize(Payload.Span, ApiJson.Default.ExitReport)!;

    public ContainerCreated ReadStarted() => JsonSerializer.Deserialize(Payload.Span, ApiJson.Default.ContainerCreated)!;

    /// <summary>Whether <see cref="ReadStarted"/> may have warnings: reading it is worth the while only then.</summary>
    public bool MayWarn => Payload.Span.IndexOf("\"warnings\""u8) >= 0;

    /// <summary>Reads <c>{"exitCode":N,"oomKilled":false}</c>; null for any other text.</summary>
    private static ExitReport? ReadPlainExit(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> head = "{\"exitCode\":"u8;
        return json.StartsWith(head) && Utf8Parser.TryParse(json[head.Length..], out int code, out int used)
            && json[(head.Length + used)..].SequenceEqual(",\"oomKilled\":false}"u8)
            ? new ExitReport(code)
            : null;
    }
}
