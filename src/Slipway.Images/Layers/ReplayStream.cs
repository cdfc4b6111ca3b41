using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>Gives back bytes that were looked at to tell a format, then the rest of a stream that cannot seek.</summary>
internal sealed class ReplayStream(byte[] head, Stream rest) : ReadOnlyStream
{
    private int _given;

    public override int Read(Span<byte> buffer)
    {
        if (_given == head.Length)
        {
            return rest.Read(buffer);
        }

        int count = Math.Min(buffer.Length, head.Length - _given);
        head.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
