using System.IO.MemoryMappedFiles;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Packs;

/// <summary>
/// The index of a sealed segment, mapped into memory: a million blobs cost no heap. It can always be made again from the segment, so
/// anything odd about it means just that. A lookup after <see cref="Dispose"/> throws ObjectDisposedException.
/// </summary>
internal sealed unsafe class PackIndex : IDisposable
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _length;

    private PackIndex(MemoryMappedViewAccessor view, int length)
    {
        _view = view;
        _length = length;
    }

    /// <summary>How many blobs it names.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of the records that it names, heads included.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Maps the index at <paramref name="path"/>, or returns null where it is missing, damaged or of another segment.</summary>
    public static PackIndex? TryOpen(string path, long number, long packLength)
    {
        if (!Libc.TryStatus(path, out FileStatus status) || status.Size is 0 or > int.MaxValue)
        {
            return null;
        }

        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read);
        PackIndex index = new(file.CreateViewAccessor(0, status.Size, MemoryMappedFileAccess.Read), (int)status.Size);
        if (index.Load(number, packLength))
        {
            return index;
        }

        index.Dispose();
        return null;
    }

    /// <summary>Where the blob's bytes stand in the segment.</summary>
    public bool TryFind(Digest digest, out PackSlot slot)
    {
        byte* start = null;
        try
        {
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return PackIndexFormat.TryFind(new(start, _length), digest, out slot);
        }
        finally
        {
            Release(start);
        }
    }

    /// <summary>The entry at a rank below <see cref="Count"/>, in the order of digests.</summary>
    public (Digest Digest, PackSlot Slot) this[int rank]
    {
        get
        {
            byte* start = null;
            try
            {
                _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
                return PackIndexFormat.Read(new(start, _length), rank);
            }
            finally
            {
                Release(start);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _view.Dispose();

    private bool Load(long number, long packLength)
    {
        byte* start = null;
        try
        {
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            ReadOnlySpan<byte> bytes = new(start, _length);
            if (!PackIndexFormat.IsIndexOf(bytes, number, packLength))
            {
                return false;
            }

            Count = PackIndexFormat.Count(bytes);
            LiveBytes = PackIndexFormat.LiveBytes(bytes);
            return true;
        }
        finally
        {
            Release(start);
        }
    }

    private void Release(byte* start)
    {
        if (start is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }
}
