using System.Text;

namespace Slipway.Api;

/// <summary>Lines and bytes of one HTTP/1.1 connection, buffered.</summary>
internal sealed class HttpReader(Stream stream)
{
    private const int MaximumLine = 64 * 1024;

    private readonly byte[] buffer = new byte[MaximumLine];
    private int start;
    private int end;

    /// <summary>One line without its CRLF. Throws <see cref="EndOfStreamException"/> where the peer closed.</summary>
    public async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        int scanned = 0;
        while (true)
        {
            int newline = buffer.AsSpan(start + scanned, end - start - scanned).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                int length = scanned + newline;
                string line = Encoding.Latin1.GetString(buffer, start, length > 0 && buffer[start + length - 1] == '\r' ? length - 1 : length);
                start += length + 1;
                return line;
            }

            scanned = end - start;
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new EndOfStreamException("the server closed the connection before it answered");
            }
        }
    }

    /// <summary>At least one byte, or 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (start == end)
        {
            return await stream.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
        }

        int count = Math.Min(destination.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(destination.Span);
        start += count;
        return count;
    }

    /// <summary>Fills <paramref name="destination"/>, blocking. Throws <see cref="EndOfStreamException"/> where the peer closed before.</summary>
    public void ReadExactly(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(destination);
        start += count;
        destination = destination[count..];
        if (destination.Length >= buffer.Length)
        {
            stream.ReadExactly(destination);
            return;
        }

        while (!destination.IsEmpty)
        {
            (start, end) = (0, stream.Read(buffer, 0, buffer.Length));
            if (end == 0)
            {
                throw new EndOfStreamException("the server closed the connection in the middle of a message");
            }

            start = Math.Min(destination.Length, end);
            buffer.AsSpan(0, start).CopyTo(destination);
            destination = destination[start..];
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            throw new InvalidDataException($"the server sent a line of more than {MaximumLine} bytes");
        }

        int count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
        end += count;
        return count > 0;
    }
}
