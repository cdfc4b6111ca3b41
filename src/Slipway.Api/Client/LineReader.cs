namespace Slipway.Api;

/// <summary>The lines of an answer's body (NDJSON), however they are cut; empty ones are left out.</summary>
internal sealed class LineReader(Stream body)
{
    private readonly byte[] buffer = new byte[32 * 1024];
    private byte[] line = new byte[1024];
    private int length;
    private int start;
    private int end;

    /// <summary>Without its newline; valid until the next call of <see cref="NextAsync"/>.</summary>
    public ReadOnlySpan<byte> Line => line.AsSpan(0, length);

    /// <summary>Reads the next line; false at the end of the body.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        length = 0;
        while (true)
        {
            int newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            Append(buffer.AsSpan(start, newline < 0 ? end - start : newline));
            start = newline < 0 ? end : start + newline + 1;
            if (newline >= 0 && !IsEmpty)
            {
                return true;
            }

            if (newline >= 0)
            {
                length = 0;
                continue;
            }

            (start, end) = (0, await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
            if (end == 0)
            {
                return !IsEmpty;
            }
        }
    }

    private bool IsEmpty => length == 0 || Line.SequenceEqual("\r"u8);

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (line.Length - length < piece.Length)
        {
            byte[] larger = new byte[Math.Max(line.Length * 2, length + piece.Length)];
            Line.CopyTo(larger);
            line = larger;
        }

        piece.CopyTo(line.AsSpan(length));
        length += piece.Length;
    }
}
