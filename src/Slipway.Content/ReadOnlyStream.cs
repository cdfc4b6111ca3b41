namespace Slipway.Content;

/// <summary>
/// A stream that is read once and forwards. Who derives says how by <see cref="Read(Span{byte})"/>, by <see cref="ReadAsync(Memory{byte}, CancellationToken)"/> or by both: without the
/// second, it is read at once where somebody reads asynchronously; without the first, it is read asynchronously alone.
/// </summary>
public abstract class ReadOnlyStream : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException("the length is known at the end");

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException("it is read once, from the start");
        set => throw new NotSupportedException("it is read once, from the start");
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => throw new NotSupportedException("it is read asynchronously");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("it is read once, from the start");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("it is only read");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("it is only read");
}
