using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Packs;

/// <summary>
/// A segment that is being written: its index is in memory, and its last records wait in a buffer until they are worth a write. Not safe for
/// threads: <see cref="PackStore"/> holds its lock around every call but <see cref="Handle"/>'s reads and syncs.
/// </summary>
internal sealed class OpenPack : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly Dictionary<Digest, PackSlot> _slots;
    private readonly ArrayBufferWriter<byte> _buffer = new(BufferSize / 16);
    private readonly StoreDisk _disk;
    private long _written;

    private OpenPack(StoreDisk disk, string path, long number, SafeFileHandle handle, long written, Dictionary<Digest, PackSlot> slots)
    {
        _disk = disk;
        FullPath = path;
        Number = number;
        Handle = handle;
        _written = written;
        _slots = slots;
    }

    public string FullPath { get; }

    public long Number { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>The segment's length, what waits in the buffer included.</summary>
    public long Length => _written + _buffer.WrittenCount;

    /// <summary>True from the first write until the sync that covers it.</summary>
    public bool IsDirty { get; private set; }

    public IReadOnlyDictionary<Digest, PackSlot> Slots => _slots;

    /// <summary>Makes a new segment.</summary>
    public static OpenPack Create(StoreDisk disk, string path, long number)
    {
        OpenPack pack = new(disk, path, number, disk.Create(path), 0, []);
        PackFormat.WriteHeader(pack._buffer.GetSpan(PackFormat.HeaderSize), number);
        pack._buffer.Advance(PackFormat.HeaderSize);
        return pack;
    }

    /// <summary>Opens the segment that was written last, reading all of it; what a crash tore off its end is cut.</summary>
    public static OpenPack Recover(StoreDisk disk, string path, long number, RecoveryTally tally)
    {
        SafeFileHandle handle = Libc.Open(path, OpenFlags.ReadWrite);
        long length = RandomAccess.GetLength(handle);
        ScannedPack scanned = new PackScanner(handle, number, length).Scan(path);
        tally.Damaged(scanned.DamagedBytes);
        if (length != scanned.End)
        {
            tally.Torn(Math.Max(0, length - scanned.End));
            disk.SetLength(handle, scanned.End);
        }

        // The page of the header may be lost where later ones are not.
        byte[] header = new byte[PackFormat.HeaderSize], found = new byte[PackFormat.HeaderSize];
        PackFormat.WriteHeader(header, number);
        if (RandomAccess.Read(handle, found, 0) < found.Length || !found.AsSpan().SequenceEqual(header))
        {
            disk.Write(handle, header, 0);
        }

        disk.Sync(handle, path);
        return new(disk, path, number, handle, scanned.End, scanned.Slots);
    }

    /// <summary>Adds a blob. Where the disk is full it throws and nothing has changed.</summary>
    public void Append(Digest digest, ReadOnlySpan<byte> content)
    {
        Span<byte> record = Reserve(PackFormat.RecordHeadSize + content.Length);
        PackFormat.WriteRecordHead(record, PackFormat.BlobKind, content.Length, digest);
        content.CopyTo(record[PackFormat.RecordHeadSize..]);
        _slots[digest] = new PackSlot(Length + PackFormat.RecordHeadSize, content.Length);
        _buffer.Advance(PackFormat.RecordHeadSize + content.Length);
    }

    /// <summary>Notes that a blob of this segment is gone.</summary>
    public void Bury(Digest digest)
    {
        if (!_slots.ContainsKey(digest))
        {
            return;
        }

        Span<byte> record = Reserve(PackFormat.RecordHeadSize + PackFormat.BurialSize);
        PackFormat.WriteRecordHead(record, PackFormat.BurialKind, PackFormat.BurialSize, digest);
        PackFormat.WriteBurial(record[PackFormat.RecordHeadSize..], Number, Length, digest);
        _buffer.Advance(PackFormat.RecordHeadSize + PackFormat.BurialSize);
        _slots.Remove(digest);
    }

    /// <summary>A copy of a blob's bytes where they still wait in the buffer; null where they are in the file.</summary>
    public byte[]? ReadBuffered(PackSlot slot) => slot.Offset < _written
        ? null
        : _buffer.WrittenSpan.Slice((int)(slot.Offset - _written), slot.Length).ToArray();

    /// <summary>Hands the buffer to the kernel. Where the disk is full the file is cut back and the buffer kept: nothing is lost, nothing half-written.</summary>
    public void WriteOut()
    {
        if (_buffer.WrittenCount == 0)
        {
            return;
        }

        try
        {
            IsDirty = true;
            _disk.Write(Handle, _buffer.WrittenSpan, _written);
        }
        catch
        {
            _disk.SetLength(Handle, _written);
            throw;
        }

        _written += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
    }

    /// <summary>As <see cref="WriteOut"/>; returns the length of the file then.</summary>
    public long WriteOutAll()
    {
        WriteOut();
        return _written;
    }

    /// <summary>Notes that a sync begins that covers everything written out so far.</summary>
    public void MarkSynced() => IsDirty = false;

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private Span<byte> Reserve(int size)
    {
        if (_buffer.WrittenCount + size > BufferSize)
        {
            WriteOut();
        }

        return _buffer.GetSpan(size);
    }
}
