using System.Collections.Immutable;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Blobs.Packs;

/// <summary>
/// The small blobs, in append-only segments. One segment is written; full ones wait for the next flush, which syncs them and only
/// then writes their index, so an index never names bytes that a power cut may have torn. One lock orders all changes; lookups in
/// sealed segments and reads from files happen outside it.
/// </summary>
internal sealed partial class PackStore : IDisposable
{
    /// <summary>A segment ends after so many blobs, because until it is sealed each costs memory.</summary>
    private const int MostInSegment = 1 << 17;

    private readonly Lock _lock = new();
    private readonly StoreDisk _disk;
    private readonly string _directory;
    private readonly long _segmentSize;
    private readonly List<OpenPack> _full = [];
    private ImmutableArray<SealedPack> _sealed;
    private OpenPack _active;
    private bool _namesChanged = true;
    private volatile bool _disposed;

    private PackStore(StoreDisk disk, string directory, long segmentSize, ImmutableArray<SealedPack> sealedPacks, OpenPack active)
    {
        _disk = disk;
        _directory = directory;
        _segmentSize = segmentSize;
        _sealed = sealedPacks;
        _active = active;
    }

    /// <summary>How many segments are full and wait for a flush. The caller flushes before they are many.</summary>
    public int FullSegments
    {
        get
        {
            lock (_lock)
            {
                return _full.Count;
            }
        }
    }

    /// <summary>Opens every segment: the last one is written on unless it was sealed, the others are looked up.</summary>
    public static PackStore Open(StoreDisk disk, string directory, long segmentSize, RecoveryTally tally)
    {
        List<SealedPack> sealedPacks = [];
        try
        {
            List<long> numbers = PackFolder.List(disk, directory);
            long last = numbers.Count == 0 ? 0 : numbers[^1];
            bool writeOn = last > 0 && !File.Exists(SealedPack.IndexPath(PackFolder.PackPath(directory, last)));
            foreach (long number in writeOn ? numbers.Take(numbers.Count - 1) : numbers)
            {
                sealedPacks.Add(SealedPack.Open(disk, PackFolder.PackPath(directory, number), number, tally));
            }

            OpenPack active = writeOn
                ? OpenPack.Recover(disk, PackFolder.PackPath(directory, last), last, tally)
                : OpenPack.Create(disk, PackFolder.PackPath(directory, last + 1), last + 1);
            return new(disk, directory, segmentSize, [.. sealedPacks], active);
        }
        catch
        {
            sealedPacks.ForEach(pack => pack.Dispose());
            throw;
        }
    }

    /// <summary>Stores a blob unless it is stored already.</summary>
    public void Put(Digest digest, ReadOnlySpan<byte> content)
    {
        lock (_lock)
        {
            if (FindSize(digest) is null)
            {
                Append(digest, content);
            }
        }
    }

    /// <summary>The length of a blob, or null where it is not stored here.</summary>
    public int? FindSize(Digest digest) => Retry(() =>
    {
        ImmutableArray<SealedPack> sealedPacks;
        lock (_lock)
        {
            if (TryFindOpen(digest, out _, out PackSlot open))
            {
                return open.Length;
            }

            sealedPacks = _sealed;
        }

        return TryFindSealed(sealedPacks, digest, out _, out PackSlot slot) ? slot.Length : (int?)null;
    });

    /// <summary>A blob's bytes, verified, or null where it is not stored here.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>.</exception>
    public byte[]? TryRead(Digest digest) => Retry(() =>
    {
        ImmutableArray<SealedPack> sealedPacks;
        OpenPack? open;
        PackSlot slot;
        lock (_lock)
        {
            if (TryFindOpen(digest, out open, out slot) && open.ReadBuffered(slot) is { } buffered)
            {
                return buffered;
            }

            sealedPacks = _sealed;
        }

        if (open is not null)
        {
            return PackReader.Read(open.Handle, open.FullPath, digest, slot);
        }

        return TryFindSealed(sealedPacks, digest, out SealedPack? pack, out slot) ? PackReader.Read(pack.Handle, pack.FullPath, digest, slot) : null;
    });

    /// <summary>
    /// Every blob stored here. A segment that is written anew meanwhile has its blobs moved to the one being written, which is listed last; what
    /// was listed already then comes twice.
    /// </summary>
    public IEnumerable<BlobInfo> List()
    {
        ImmutableArray<SealedPack> sealedPacks;
        lock (_lock)
        {
            sealedPacks = _sealed;
        }

        foreach (SealedPack pack in sealedPacks)
        {
            foreach (BlobInfo blob in ListLiving(pack))
            {
                yield return blob;
            }
        }

        BlobInfo[] open;
        lock (_lock)
        {
            open =
            [
                .. _sealed.Except(sealedPacks).SelectMany(ListLiving),
                .. _full.Append(_active).SelectMany(pack => pack.Slots, (_, slot) => new BlobInfo(slot.Key, slot.Value.Length)),
            ];
        }

        foreach (BlobInfo blob in open)
        {
            yield return blob;
        }
    }

    /// <summary>Removes a blob; an absent one is ignored.</summary>
    public void Delete(Digest digest)
    {
        lock (_lock)
        {
            foreach (OpenPack pack in _full)
            {
                pack.Bury(digest);
            }

            _active.Bury(digest);
            foreach (SealedPack pack in _sealed)
            {
                pack.Bury(digest);
            }
        }
    }

    /// <summary>Hands everything put so far to the kernel; the round then syncs what is named, and calls <see cref="EndFlush"/>.</summary>
    public PackFlush BeginFlush()
    {
        lock (_lock)
        {
            ImmutableArray<OpenPack> open = [.. _full, _active];
            foreach (OpenPack pack in open)
            {
                pack.WriteOut();
            }

            PackFlush flush = new([.. open.Where(pack => pack.IsDirty)], [.. _full], _namesChanged);
            foreach (OpenPack pack in flush.Dirty)
            {
                pack.MarkSynced();
            }

            _namesChanged = false;
            return flush;
        }
    }

    /// <summary>Seals the segments that were full when the round began and are synced by now.</summary>
    public void EndFlush(PackFlush flush)
    {
        foreach (OpenPack pack in flush.Full)
        {
            lock (_lock)
            {
                // A burial since the round began makes it dirty again: the next round seals it.
                pack.WriteOut();
                if (!pack.IsDirty)
                {
                    PackIndexFormat.Write(_disk, SealedPack.IndexPath(pack.FullPath), pack.Number, pack.Length, pack.Slots);
                    _sealed = _sealed.Add(SealedPack.Open(_disk, pack.FullPath, pack.Number, new RecoveryTally()));
                    _full.Remove(pack);
                    pack.Dispose();
                }
            }
        }

        if (flush.NamesChanged || !flush.Full.IsEmpty)
        {
            _disk.SyncNames(_directory);
        }
    }

    /// <summary>A round came to nothing: the next one owes what it owed.</summary>
    public void GiveUpFlush(PackFlush flush)
    {
        lock (_lock)
        {
            _namesChanged |= flush.NamesChanged || !flush.Full.IsEmpty;
        }
    }

    /// <summary>A sealed segment that is worth writing anew, or null.</summary>
    public SealedPack? FindMostlyDead()
    {
        lock (_lock)
        {
            return _sealed.FirstOrDefault(pack => pack.IsMostlyDead && !pack.IsDamaged);
        }
    }

    /// <summary>
    /// Appends what lives in a sealed segment to the one being written. False where a blob in it is damaged: then the segment stays, since
    /// without it nobody could tell what was lost.
    /// </summary>
    public bool TryEvacuate(SealedPack pack, CancellationToken cancellationToken)
    {
        foreach ((Digest digest, PackSlot slot) in pack.Live())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (PackReader.TryReadVerified(pack.Handle, digest, slot) is not { } content)
            {
                pack.IsDamaged = true;
                return false;
            }

            lock (_lock)
            {
                // It may have been deleted since it was listed.
                if (pack.TryFind(digest, out _) && !TryFindOpen(digest, out _, out _))
                {
                    Append(digest, content);
                }
            }
        }

        return true;
    }

    /// <summary>Removes an evacuated segment; what was evacuated has been flushed.</summary>
    public void Remove(SealedPack pack)
    {
        lock (_lock)
        {
            _sealed = _sealed.Remove(pack);
            _namesChanged = true;
            pack.Delete();
        }

        pack.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _full.ForEach(pack => pack.Dispose());
            _active.Dispose();
            foreach (SealedPack pack in _sealed)
            {
                pack.Dispose();
            }
        }
    }

    private static IEnumerable<BlobInfo> ListLiving(SealedPack pack)
    {
        using IEnumerator<(Digest Digest, PackSlot Slot)> living = pack.Live().GetEnumerator();
        while (TryNext(living))
        {
            yield return new BlobInfo(living.Current.Digest, living.Current.Slot.Length);
        }
    }

    /// <summary>Steps on; false at the end, and where the segment was written anew and is gone.</summary>
    private static bool TryNext<T>(IEnumerator<T> items)
    {
        try
        {
            return items.MoveNext();
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static bool TryFindSealed(
        ImmutableArray<SealedPack> packs, Digest digest, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SealedPack? pack, out PackSlot slot)
    {
        for (int i = packs.Length - 1; i >= 0; i--)
        {
            if (packs[i].TryFind(digest, out slot))
            {
                pack = packs[i];
                return true;
            }
        }

        (pack, slot) = (null, default);
        return false;
    }

    private bool TryFindOpen(Digest digest, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OpenPack? pack, out PackSlot slot)
    {
        if (_active.Slots.TryGetValue(digest, out slot))
        {
            pack = _active;
            return true;
        }

        foreach (OpenPack full in _full)
        {
            if (full.Slots.TryGetValue(digest, out slot))
            {
                pack = full;
                return true;
            }
        }

        pack = null;
        return false;
    }

    private void Append(Digest digest, ReadOnlySpan<byte> content)
    {
        bool isFull = _active.Length + PackFormat.RecordHeadSize + content.Length > _segmentSize || _active.Slots.Count >= MostInSegment;
        if (isFull && _active.Length > PackFormat.HeaderSize)
        {
            BeginSegment();
        }

        _active.Append(digest, content);
    }

    private void BeginSegment()
    {
        _active.WriteOut();
        OpenPack next = OpenPack.Create(_disk, PackFolder.PackPath(_directory, _active.Number + 1), _active.Number + 1);
        _full.Add(_active);
        _active = next;
        _namesChanged = true;
    }

    /// <summary>A segment can be sealed or written anew between the look at it and the read from it; its blobs then stand elsewhere.</summary>
    private T Retry<T>(Func<T> look)
    {
        while (true)
        {
            try
            {
                return look();
            }
            catch (ObjectDisposedException) when (!_disposed)
            {
            }
        }
    }
}
