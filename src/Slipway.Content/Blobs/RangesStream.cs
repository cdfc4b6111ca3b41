namespace Slipway.Content.Blobs;

/// <summary>The bytes of several ranges of blobs, end to end; read once, forwards, with one blob open at a time.</summary>
/// <param name="open">Opens a blob, seekable.</param>
internal sealed class RangesStream(Func<Digest, CancellationToken, ValueTask<Stream>> open, IReadOnlyList<BlobRange> ranges) : ReadOnlyStream
{
    private Stream? _open;
    private int _next;
    private long _left;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left == 0)
        {
            if (_next == ranges.Count)
            {
                return 0;
            }

            await CloseAsync();
            BlobRange range = ranges[_next++];
            _open = await open(range.Digest, cancellationToken);
            _open.Seek(range.Offset, SeekOrigin.Begin);
            _left = range.Length;
        }

        int read = await _open!.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= read;
        return read > 0 || buffer.IsEmpty
            ? read
            : throw new SlipwayException(ErrorKind.Corrupt, $"blob {ranges[_next - 1].Digest} ends {_left} bytes before a range of it does");
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _open?.Dispose();
        base.Dispose(disposing);
    }

    private ValueTask CloseAsync() => _open?.DisposeAsync() ?? ValueTask.CompletedTask;
}
