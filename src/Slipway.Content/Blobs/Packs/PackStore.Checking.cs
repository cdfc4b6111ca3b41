using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs.Packs;

internal sealed partial class PackStore
{
    /// <summary>Reads every segment and index again, the bytes of blobs included, and says what is wrong with the files.</summary>
    public IEnumerable<StoreFault> Check()
    {
        ImmutableArray<SealedPack> sealedPacks;
        List<(OpenPack Pack, long Length)> open;
        lock (_lock)
        {
            sealedPacks = _sealed;
            open = [.. _full.Append(_active).Select(pack => (pack, pack.WriteOutAll()))];
        }

        foreach (SealedPack pack in sealedPacks)
        {
            foreach (StoreFault fault in Alive(() => PackCheck.Check(pack)))
            {
                yield return fault;
            }
        }

        foreach ((OpenPack pack, long length) in open)
        {
            foreach (StoreFault fault in Alive(() => PackCheck.CheckRecords(pack.Handle, pack.FullPath, pack.Number, length)))
            {
                yield return fault;
            }
        }
    }

    /// <summary>Makes the indexes that are not their segment's again, from the segment, and drops burials that prove nothing.</summary>
    public void MendIndexes()
    {
        lock (_lock)
        {
            foreach (SealedPack pack in _sealed)
            {
                if (PackCheck.Check(pack).Any(fault => fault.Kind is StorePart.Index or StorePart.Burials))
                {
                    SealedPack.KeepOnly(pack);
                    _sealed = _sealed.Replace(pack, SealedPack.Open(_disk, pack.FullPath, pack.Number, new RecoveryTally()));
                    pack.Dispose();
                }
            }
        }
    }

    /// <summary>The sealed segments with damage between their blobs: to be written anew once their blobs are whole.</summary>
    public IReadOnlyList<SealedPack> FindDamaged()
    {
        lock (_lock)
        {
            return [.. _sealed.Where(pack => PackCheck.Check(pack).Any(fault => fault.Kind == StorePart.Pack))];
        }
    }

    /// <summary>Whether a segment that is not sealed yet has damage between its blobs.</summary>
    public bool IsOpenDamaged()
    {
        lock (_lock)
        {
            return _full.Append(_active).Any(pack => PackCheck.CheckRecords(pack.Handle, pack.FullPath, pack.Number, pack.WriteOutAll()).Any());
        }
    }

    /// <summary>The sealed segments with a record of one of the blobs, living or dead.</summary>
    public IReadOnlyList<SealedPack> FindHolding(IReadOnlySet<Digest> digests)
    {
        lock (_lock)
        {
            return [.. _sealed.Where(pack => RecordsIn(pack.Handle, pack.FullPath, pack.Number, RandomAccess.GetLength(pack.Handle), digests).Count > 0)];
        }
    }

    /// <summary>The blobs of which any segment has a record, living or dead.</summary>
    public HashSet<Digest> FindRecords(IReadOnlySet<Digest> digests)
    {
        lock (_lock)
        {
            return
            [
                .. _sealed.SelectMany(pack => RecordsIn(pack.Handle, pack.FullPath, pack.Number, RandomAccess.GetLength(pack.Handle), digests)),
                .. _full.Append(_active).SelectMany(pack => RecordsIn(pack.Handle, pack.FullPath, pack.Number, pack.WriteOutAll(), digests)),
            ];
        }
    }

    /// <summary>Ends the segment that is being written, where something stands in it, so that the next flush seals it.</summary>
    public void Rotate()
    {
        lock (_lock)
        {
            if (_active.Length > PackFormat.HeaderSize)
            {
                BeginSegment();
            }
        }
    }

    private static HashSet<Digest> RecordsIn(SafeFileHandle file, string path, long number, long length, IReadOnlySet<Digest> wanted)
    {
        HashSet<Digest> found = [];
        PackScanner scanner = new(file, number, length)
        {
            Met = digest =>
            {
                if (wanted.Contains(digest))
                {
                    found.Add(digest);
                }
            },
        };
        scanner.Scan(path);
        return found;
    }

    /// <summary>The faults of a segment; none where it was sealed or written anew meanwhile.</summary>
    private static List<StoreFault> Alive(Func<IEnumerable<StoreFault>> check)
    {
        try
        {
            return [.. check()];
        }
        catch (ObjectDisposedException)
        {
            return [];
        }
    }
}
