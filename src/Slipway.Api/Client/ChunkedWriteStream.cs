using System.Globalization;
using System.Text;

namespace Slipway.Api;

/// <summary>Writes a request's body in HTTP chunks of some 64 KiB, since its length is not known before it is made.</summary>
internal sealed class ChunkedWriteStream(Stream connection) : Stream
{
    private const int HeadRoom = 8;

    private readonly byte[] buffer = new byte[HeadRoom + (64 * 1024) + 2];
    private int filled;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    private int Capacity => buffer.Length - HeadRoom - 2;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        while (!source.IsEmpty)
        {
            int count = Math.Min(source.Length, Capacity - filled);
            source[..count].CopyTo(buffer.AsMemory(HeadRoom + filled));
            filled += count;
            source = source[count..];
            if (filled == Capacity)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (filled == 0)
        {
            return;
        }

        string size = filled.ToString("x", CultureInfo.InvariantCulture);
        int start = HeadRoom - size.Length - 2;
        Encoding.ASCII.GetBytes(size + "\r\n", buffer.AsSpan(start));
        "\r\n"u8.CopyTo(buffer.AsSpan(HeadRoom + filled));
        int end = HeadRoom + filled + 2;
        filled = 0;
        await connection.WriteAsync(buffer.AsMemory(start, end - start), cancellationToken).ConfigureAwait(false);
    }

    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Sends what remains and the chunk that ends the body.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await connection.WriteAsync("0\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
