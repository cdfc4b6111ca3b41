using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>Shows a sparse file's stored extents as the whole file, with zeros between them.</summary>
internal sealed class SparseStream(Stream data, IReadOnlyList<DataExtent> extents, long length) : ReadOnlyStream
{
    private long _position;
    private int _extent;

    public override int Read(Span<byte> buffer)
    {
        while (_extent < extents.Count && _position >= extents[_extent].Offset + extents[_extent].Length)
        {
            _extent++;
        }

        if (_position >= length || buffer.IsEmpty)
        {
            return 0;
        }

        bool inHole = _extent == extents.Count || _position < extents[_extent].Offset;
        long end = inHole ? (_extent == extents.Count ? length : extents[_extent].Offset) : extents[_extent].Offset + extents[_extent].Length;
        Span<byte> part = buffer[..(int)Math.Min(buffer.Length, end - _position)];
        int read = part.Length;
        if (inHole)
        {
            part.Clear();
        }
        else
        {
            read = data.Read(part);
        }

        _position += read;
        return read;
    }
}
