namespace Slipway.Content.Blobs;

/// <summary>
/// Keeps garbage collection off the blobs of work under way, which no row names yet. In memory, since one process has a store open and its
/// work dies with it. Time is cut into generations; a digest that is put or found is noted in the current one, and a sweep spares
/// what was noted since the oldest lease began. A digest that is about to be deleted makes its next put wait until it is gone, so that no put
/// finds a blob that then vanishes. Why that is enough: docs/decisions/2026-11-21-mark-and-sweep-beside-writers.md.
/// </summary>
public sealed class BlobLeases
{
    /// <summary>A generation ends when it has noted so many digests, so that those which no lease needs any more can be dropped.</summary>
    private const int MostInGeneration = 1 << 18;

    private readonly Lock _lock = new();
    private readonly int _mostNoted;
    private readonly SortedDictionary<long, int> _active = [];
    private readonly List<TouchedBlobs> _touched = [new(0)];
    private long? _sweeping;
    private PrefixSet? _dying;
    private TaskCompletionSource? _died;

    /// <summary>Makes a store's leases.</summary>
    /// <param name="mostNoted">How many digests are noted at most; beyond that nothing is swept until the oldest leases have ended.</param>
    public BlobLeases(int mostNoted = 1 << 22) => _mostNoted = mostNoted;

    private TouchedBlobs Current => _touched[^1];

    /// <summary>Begins a lease. Hold it until what was put is named by a row, or given up.</summary>
    public BlobLease Begin()
    {
        lock (_lock)
        {
            long generation = Current.Generation;
            _active[generation] = _active.GetValueOrDefault(generation) + 1;
            return new BlobLease(this, generation);
        }
    }

    /// <summary>
    /// Notes that a digest is put or looked for. A store calls it once it knows the digest and before it looks whether the blob is there.
    /// Completes at once, unless a sweep is deleting just this blob.
    /// </summary>
    public ValueTask TouchAsync(Digest digest, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_active.Count > 0 || _sweeping is not null)
            {
                Note(digest);
            }

            return _dying is null || !_dying.Contains(digest) ? ValueTask.CompletedTask : new(_died!.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>How many leases are held.</summary>
    public int Held
    {
        get
        {
            lock (_lock)
            {
                return _active.Values.Sum();
            }
        }
    }

    /// <summary>Parts the leases of before from those of after: the generation of leases that begin from now on.</summary>
    public long Cut()
    {
        lock (_lock)
        {
            NextGeneration();
            return Current.Generation;
        }
    }

    /// <summary>True while a lease is held that began before a cut.</summary>
    public bool AnyBefore(long cut)
    {
        lock (_lock)
        {
            return Oldest() < cut;
        }
    }

    /// <summary>Begins a sweep, before its roots are read. One at a time.</summary>
    /// <exception cref="InvalidOperationException">Another is under way.</exception>
    public BlobSweep BeginSweep()
    {
        lock (_lock)
        {
            if (_sweeping is not null)
            {
                throw new InvalidOperationException("a sweep of this store is under way already");
            }

            NextGeneration();
            _sweeping = Oldest() ?? Current.Generation;
            return new BlobSweep(this);
        }
    }

    internal void End(long generation)
    {
        lock (_lock)
        {
            if (--_active[generation] == 0)
            {
                _active.Remove(generation);
                Drop();
            }
        }
    }

    internal void EndSweep()
    {
        lock (_lock)
        {
            _sweeping = null;
            Drop();
        }
    }

    /// <summary>True where a lease, or the sweep itself, keeps the blob.</summary>
    internal bool IsTouched(Digest digest)
    {
        lock (_lock)
        {
            return _touched.Exists(touched => touched.Generation >= _sweeping && touched.Contains(digest));
        }
    }

    /// <summary>Takes those of a batch that may go; until <see cref="EndBatch"/> a put of one of them waits.</summary>
    internal List<BlobInfo> BeginBatch(IReadOnlyCollection<BlobInfo> batch)
    {
        lock (_lock)
        {
            List<BlobInfo> taken = [.. batch.Where(blob => !_touched.Exists(t => t.Generation >= _sweeping && t.Contains(blob.Digest)))];
            _dying = new PrefixSet();
            _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
            taken.ForEach(blob => _dying.Add(blob.Digest));
            return taken;
        }
    }

    internal void EndBatch()
    {
        lock (_lock)
        {
            _dying = null;
            _died!.SetResult();
        }
    }

    private long? Oldest() => _active.Count == 0 ? null : _active.First().Key;

    private void Note(Digest digest)
    {
        if (Current.Count >= MostInGeneration)
        {
            NextGeneration();
            Drop();
            if (_touched.Sum(touched => (long)touched.Count) > _mostNoted)
            {
                _touched.ForEach(touched => touched.Overflow());
                NextGeneration();
            }
        }

        Current.Add(digest);
    }

    private void NextGeneration() => _touched.Add(new TouchedBlobs(Current.Generation + 1));

    /// <summary>Forgets the generations that no lease and no sweep needs; the current one is emptied where there is neither.</summary>
    private void Drop()
    {
        long needed = Math.Min(_sweeping ?? long.MaxValue, Oldest() ?? long.MaxValue);
        if (needed == long.MaxValue && !Current.IsEmpty)
        {
            NextGeneration();
        }

        _touched.RemoveAll(touched => touched.Generation < needed && touched != Current);
    }
}
