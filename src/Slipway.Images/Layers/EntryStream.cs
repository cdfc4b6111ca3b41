using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>
/// The bytes of one entry, bounded by its length. Ends the reading with an error where the tar is cut short. Closed by the reader when it moves on.
/// </summary>
internal sealed class EntryStream(Stream tar, long length, string path) : ReadOnlyStream
{
    private long _left = length;
    private bool _closed;

    /// <summary>Bytes that nobody has read yet.</summary>
    public long Left => _left;

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        int read;
        try
        {
            read = tar.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        }
        catch (InvalidDataException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer's compressed stream is damaged within '{path}': {fault.Message}", innerException: fault);
        }

        if (read == 0)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer ends within '{path}': {_left} bytes are missing");
        }

        _left -= read;
        return read;
    }

    /// <summary>Ends the entry: later reads throw, because the tar's position has moved on.</summary>
    public void End() => _closed = true;
}
