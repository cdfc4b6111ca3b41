using System.Buffers;

namespace Slipway.Api;

/// <summary>The lines of an answer's body (NDJSON), however they are cut; empty ones are left out.</summary>
internal sealed class LineReader(Stream body)
{
    private readonly byte[] buffer = new byte[32 * 1024];
    private readonly ArrayBufferWriter<byte> line = new();
    private int start;
    private int end;

    /// <summary>Without its newline; valid until the next call of <see cref="NextAsync"/>.</summary>
    public ReadOnlySpan<byte> Line => line.WrittenSpan;

    /// <summary>Reads the next line; false at the end of the body.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        line.ResetWrittenCount();
        while (true)
        {
            int newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            line.Write(buffer.AsSpan(start, newline < 0 ? end - start : newline));
            start = newline < 0 ? end : start + newline + 1;
            if (newline >= 0 && !IsEmpty)
            {
                return true;
            }

            if (newline >= 0)
            {
                line.ResetWrittenCount();
                continue;
            }

            (start, end) = (0, await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
            if (end == 0)
            {
                return !IsEmpty;
            }
        }
    }

    private bool IsEmpty => line.WrittenCount == 0 || line.WrittenSpan.SequenceEqual("\r"u8);
}
