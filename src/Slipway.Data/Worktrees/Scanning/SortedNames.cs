using System.Runtime.InteropServices;

namespace Slipway.Data.Worktrees.Scanning;

/// <summary>
/// The names in a folder, in the order of their bytes. They stand end to end in a few buffers, so a million of them cost their bytes and five more each.
/// </summary>
internal sealed class SortedNames
{
    /// <summary>A power of two, so that a place is the number of its buffer and the offset in it. A name has at most 255 bytes.</summary>
    private const int BufferSize = 1 << 16;

    private const int SmallSize = 1 << 10;

    private readonly List<byte[]> _buffers = [];
    private readonly List<uint> _places = [];
    private int _filled = BufferSize;

    /// <summary>Reads a folder's names.</summary>
    /// <param name="without">One that is left out; empty: none.</param>
    public static SortedNames Of(FolderHandle folder, ReadOnlySpan<byte> without)
    {
        SortedNames names = new();
        byte[] left = without.ToArray();
        folder.ReadNames(name =>
        {
            if (left.Length == 0 || !name.SequenceEqual(left))
            {
                names.Add(name);
            }
        });
        CollectionsMarshal.AsSpan(names._places).Sort((left, right) => names.At(left).SequenceCompareTo(names.At(right)));
        return names;
    }

    public int Count => _places.Count;

    /// <summary>The name at a rank.</summary>
    public ReadOnlySpan<byte> this[int rank] => At(_places[rank]);

    private ReadOnlySpan<byte> At(uint place)
    {
        byte[] buffer = _buffers[(int)(place / BufferSize)];
        int at = (int)(place % BufferSize);
        return buffer.AsSpan(at + 1, buffer[at]);
    }

    private void Add(ReadOnlySpan<byte> name)
    {
        if (_filled + 1 + name.Length > BufferSize)
        {
            _buffers.Add(new byte[SmallSize]);
            _filled = 0;
        }

        // Most folders are small, and so is a buffer until it proves too short.
        byte[] buffer = _buffers[^1];
        if (_filled + 1 + name.Length > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Min(BufferSize, buffer.Length * 4));
            _buffers[^1] = buffer;
        }

        buffer[_filled] = (byte)name.Length;
        name.CopyTo(buffer.AsSpan(_filled + 1));
        _places.Add(((uint)(_buffers.Count - 1) * BufferSize) + (uint)_filled);
        _filled += 1 + name.Length;
    }
}
