using System.Globalization;

namespace Slipway.Api;

/// <summary>The body of an answer, however it is framed: by length, in chunks, or to the end of the connection. Disposal closes the connection.</summary>
internal sealed class HttpBodyStream(HttpReader reader, Stream connection, long? length, bool chunked) : Stream
{
    private long remaining = chunked ? 0 : length ?? long.MaxValue;
    private bool first = true;
    private bool ended = !chunked && length == 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ended || buffer.IsEmpty)
        {
            return 0;
        }

        if (chunked && remaining == 0 && !await NextChunkAsync(cancellationToken).ConfigureAwait(false))
        {
            ended = true;
            return 0;
        }

        int count = await reader.ReadAsync(buffer[..(int)Math.Min(buffer.Length, remaining)], cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            ended = true;
            return chunked || length is not null ? throw new EndOfStreamException("the server closed the connection in the middle of its answer") : 0;
        }

        remaining -= length is null && !chunked ? 0 : count;
        ended = !chunked && remaining == 0;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (!first)
        {
            await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }

        first = false;
        string line = await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        int extension = line.IndexOf(';', StringComparison.Ordinal);
        ReadOnlySpan<char> size = extension < 0 ? line : line.AsSpan(0, extension);
        if (!long.TryParse(size.Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out remaining) || remaining < 0)
        {
            throw new InvalidDataException($"the server sent a chunk of size '{line}'");
        }

        return remaining > 0;
    }
}
