using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Local;
using Slipway.Linux;

namespace Slipway.Content.Blobs.Packs;

/// <summary>A segment that is written no more: found through its index, less the blobs buried since. Lookups are safe from any thread.</summary>
internal sealed class SealedPack : IDisposable
{
    private readonly StoreDisk _disk;
    private readonly long _length;
    private readonly PackIndex _index;
    private readonly PackFilter _filter;
    private readonly Burials _burials;
    private long _liveBytes;

    private SealedPack(StoreDisk disk, string path, long number, SafeFileHandle handle, long length, PackIndex index, Burials burials)
    {
        _disk = disk;
        FullPath = path;
        Number = number;
        Handle = handle;
        _length = length;
        _index = index;
        _burials = burials;
        _liveBytes = index.LiveBytes;
        _filter = new PackFilter(index.Count);
        for (int rank = 0; rank < index.Count; rank++)
        {
            _filter.Add(index[rank].Digest);
        }

        foreach (Digest dead in burials.Dead)
        {
            if (index.TryFind(dead, out PackSlot slot))
            {
                _liveBytes -= PackFormat.RecordHeadSize + slot.Length;
            }
        }
    }

    public string FullPath { get; }

    public long Number { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>True where more than half of the segment's bytes are of no use any more, so that it is worth writing anew.</summary>
    public bool IsMostlyDead => _liveBytes * 2 < _length;

    /// <summary>True once a blob of it was found damaged: it is then kept as it is.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Opens a segment, making its index again where it is missing or damaged.</summary>
    public static SealedPack Open(StoreDisk disk, string path, long number, RecoveryTally tally)
    {
        SafeFileHandle handle = Libc.Open(path, OpenFlags.ReadOnly);
        long length = RandomAccess.GetLength(handle);
        string indexPath = IndexPath(path);
        PackIndex? index = PackIndex.TryOpen(indexPath, number, length);
        if (index is null)
        {
            ScannedPack scanned = new PackScanner(handle, number, length).Scan(path);
            tally.Damaged(scanned.DamagedBytes + length - scanned.End);
            tally.Rebuilt();
            PackIndexFormat.Write(disk, indexPath, number, length, scanned.Slots);
            index = PackIndex.TryOpen(indexPath, number, length)
                ?? throw new SlipwayException(ErrorKind.Unavailable, $"{indexPath} was written and reads back as other bytes", "Check the disk.");
        }

        return new(disk, path, number, handle, length, index, Burials.Open(disk, BurialsPath(path), number, tally));
    }

    public static string IndexPath(string packPath) => Path.ChangeExtension(packPath, ".idx");

    public static string BurialsPath(string packPath) => Path.ChangeExtension(packPath, ".dead");

    /// <summary>Where a blob's bytes stand.</summary>
    public bool TryFind(Digest digest, out PackSlot slot)
    {
        if (!_filter.MayHold(digest))
        {
            slot = default;
            return false;
        }

        return _index.TryFind(digest, out slot) && !_burials.Contains(digest);
    }

    /// <summary>Notes that a blob is gone. One caller at a time.</summary>
    public void Bury(Digest digest)
    {
        if (TryFind(digest, out PackSlot slot))
        {
            _burials.Add(digest);
            _liveBytes -= PackFormat.RecordHeadSize + slot.Length;
        }
    }

    /// <summary>The blobs that live, in the order of their digests.</summary>
    public IEnumerable<(Digest Digest, PackSlot Slot)> Live()
    {
        for (int rank = 0; rank < _index.Count; rank++)
        {
            (Digest digest, PackSlot slot) = _index[rank];
            if (!_burials.Contains(digest))
            {
                yield return (digest, slot);
            }
        }
    }

    /// <summary>
    /// Makes a segment's index and burials files again: the index goes, to be made from the segment when it is opened next; of the burials those
    /// stay that this process knows.
    /// </summary>
    public static void KeepOnly(SealedPack pack)
    {
        pack._disk.Delete(IndexPath(pack.FullPath));
        Digest[] dead = [.. pack._burials.Dead];
        pack._burials.Dispose();
        pack._disk.Delete(BurialsPath(pack.FullPath));
        using Burials again = Burials.Open(pack._disk, BurialsPath(pack.FullPath), pack.Number, new RecoveryTally());
        foreach (Digest digest in dead)
        {
            again.Add(digest);
        }
    }

    /// <summary>Removes the segment from the disk. The burials go last: without them the segment's dead would rise.</summary>
    public void Delete()
    {
        _disk.Delete(FullPath);
        _disk.Delete(IndexPath(FullPath));
        _disk.Delete(BurialsPath(FullPath));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Handle.Dispose();
        _index.Dispose();
        _burials.Dispose();
    }
}
