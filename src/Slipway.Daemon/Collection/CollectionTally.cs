using System.Collections.Immutable;
using Slipway.Content.Blobs;

namespace Slipway.Daemon.Collection;

/// <summary>Counts what goes and what stays.</summary>
internal sealed class CollectionTally
{
    private const int Shown = 20;

    private readonly PriorityQueue<BlobInfo, long> _largest = new();
    private long _kept;
    private long _keptBytes;
    private long _sweptBytes;
    private long _leased;

    public long Swept { get; private set; }

    /// <summary>Blobs that were counted under other names.</summary>
    public PrefixSet Counted { get; set; } = new();

    public void Keep(BlobInfo blob)
    {
        if (Counted.Contains(blob.Digest))
        {
            return;
        }

        _kept++;
        _keptBytes += blob.Size;
    }

    public void Sweep(IReadOnlyList<BlobInfo> gone, int leased)
    {
        _leased += leased;
        foreach (BlobInfo blob in gone)
        {
            Swept++;
            _sweptBytes += blob.Size;
            _largest.Enqueue(blob, blob.Size);
            if (_largest.Count > Shown)
            {
                _largest.Dequeue();
            }
        }
    }

    public CollectionReport Report(ImmutableSortedDictionary<string, long> rows) => new(
        rows, Swept, _sweptBytes, _kept, _keptBytes, _leased, [.. _largest.UnorderedItems.Select(item => item.Element).OrderByDescending(blob => blob.Size)]);
}
