using System.Collections.Immutable;

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
                    _sealed = _sealed.Replace(pack, SealedPack.Open(pack.FullPath, pack.Number, new RecoveryTally()));
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
