using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs.Packs;

/// <summary>What a scan found: the blobs that live, the end of the last whole record, and how many bytes before it belong to no record.</summary>
internal sealed record ScannedPack(Dictionary<Digest, PackSlot> Slots, long End, long DamagedBytes);

/// <summary>
/// Reads a segment from its start and keeps only what proves itself: a blob by its digest, a burial by its check. Behind a damaged record
/// it looks for the next whole one, so a bad sector costs the records that it hit and no others.
/// </summary>
internal sealed class PackScanner(SafeFileHandle file, long number, long length)
{
    private const int WindowSize = 1 << 20;

    private readonly byte[] _window = new byte[WindowSize];
    private long _windowStart;
    private int _windowLength;

    /// <summary>Hears of each blob whose record stands whole in the segment, also of one that is buried behind it.</summary>
    public Action<Digest>? Met { get; init; }

    /// <summary>Scans the segment.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: a newer version wrote it.</exception>
    public ScannedPack Scan(string path)
    {
        Dictionary<Digest, PackSlot> slots = [];
        if (length >= PackFormat.HeaderSize && PackFormat.ReadVersion(Bytes(0, PackFormat.HeaderSize)) is > PackFormat.Version)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"{path} was written by a newer slipway (pack version {PackFormat.ReadVersion(Bytes(0, PackFormat.HeaderSize))}, known is {PackFormat.Version})",
                "Upgrade slipway to the release that wrote it.");
        }

        long position = PackFormat.HeaderSize;
        long end = PackFormat.HeaderSize;
        long damaged = 0;
        while (position < length)
        {
            int size = TryTake(position, slots);
            if (size > 0)
            {
                damaged += position - end;
                position += size;
                end = position;
            }
            else
            {
                position = FindKind(position + 1);
            }
        }

        return new(slots, end, damaged);
    }

    /// <summary>Takes the record at a position; returns its size, or 0 where none proves itself there.</summary>
    private int TryTake(long position, Dictionary<Digest, PackSlot> slots)
    {
        ReadOnlySpan<byte> head = Bytes(position, PackFormat.RecordHeadSize);
        if (head.Length < PackFormat.RecordHeadSize || !PackFormat.TryReadRecordHead(head, out uint kind, out int size, out Digest digest))
        {
            return 0;
        }

        ReadOnlySpan<byte> payload = Bytes(position + PackFormat.RecordHeadSize, size);
        if (payload.Length < size)
        {
            return 0;
        }

        if (kind == PackFormat.BlobKind)
        {
            if (Digest.Of(payload) != digest)
            {
                return 0;
            }

            Met?.Invoke(digest);
            slots[digest] = new PackSlot(position + PackFormat.RecordHeadSize, size);
        }
        else
        {
            Span<byte> expected = stackalloc byte[PackFormat.BurialSize];
            PackFormat.WriteBurial(expected, number, position, digest);
            if (!payload.SequenceEqual(expected))
            {
                return 0;
            }

            slots.Remove(digest);
        }

        return PackFormat.RecordHeadSize + size;
    }

    /// <summary>The next position at or behind <paramref name="position"/> where a record's kind stands; the length of the segment where there is none.</summary>
    private long FindKind(long position)
    {
        Span<byte> blob = stackalloc byte[4];
        Span<byte> burial = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(blob, PackFormat.BlobKind);
        BinaryPrimitives.WriteUInt32LittleEndian(burial, PackFormat.BurialKind);
        while (position + PackFormat.RecordHeadSize <= length)
        {
            ReadOnlySpan<byte> ahead = Bytes(position, PackFormat.LargestBlob);
            int nextBlob = ahead.IndexOf(blob);
            int nextBurial = ahead.IndexOf(burial);
            int next = nextBlob < 0 ? nextBurial : nextBurial < 0 ? nextBlob : Math.Min(nextBlob, nextBurial);
            if (next >= 0)
            {
                return position + next;
            }

            // The kind may stand across the border of two looks.
            position += Math.Max(1, ahead.Length - 3);
        }

        return length;
    }

    /// <summary>The bytes at a position, fewer where the segment ends before.</summary>
    private ReadOnlySpan<byte> Bytes(long position, int count)
    {
        count = (int)Math.Min(count, length - position);
        if (position < _windowStart || position + count > _windowStart + _windowLength)
        {
            _windowStart = position;
            _windowLength = 0;
            int read;
            while (_windowLength < WindowSize && (read = RandomAccess.Read(file, _window.AsSpan(_windowLength), position + _windowLength)) > 0)
            {
                _windowLength += read;
            }

            count = Math.Min(count, _windowLength);
        }

        return _window.AsSpan((int)(position - _windowStart), count);
    }
}
