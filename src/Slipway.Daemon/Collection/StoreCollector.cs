using System.Collections.Immutable;
using Slipway.Build.Running;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data.Collection;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Retention;

namespace Slipway.Daemon.Collection;

/// <summary>
/// Removes what nothing needs: dead rows, then the blobs that no row reaches and no lease keeps. Runs beside writers; why that is safe is
/// docs/decisions/2026-11-21-mark-and-sweep-beside-writers.md. An encrypted project is swept by its plain digests, before the store that holds
/// what is sealed.
/// </summary>
internal sealed class StoreCollector(
    IBlobStore blobs, BlobLeases leases, IMetadataStore metadata, RepoContents contents, RetentionStore retention, IReadOnlyList<IRootSource> sources) : IDisposable
{
    /// <summary>As many blobs as half a pack holds of the usual size: a pack that loses most of its blobs is then written anew once.</summary>
    private const int BatchSize = 1 << 16;
    private const int RowsInTransaction = 1000;
    private const int MostDeadAtOnce = 20_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<(long Cut, IReadOnlyList<Root> Roots)> _condemned = [];

    /// <summary>The cache mounts of builds, which go by the rule of cached steps and where they pass their bound; null: none are looked at.</summary>
    public CacheFolders? CacheMounts { get; init; }

    /// <summary>How many bytes the cache mounts may take; those least recently used go first.</summary>
    public long MostCacheMountBytes { get; init; } = long.MaxValue;

    /// <summary>Collects once; calls wait for each other.</summary>
    /// <param name="rehearse">Finds out, and removes nothing.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: a tree cannot be read, so nothing can be called garbage; nothing was deleted.</exception>
    public async Task<CollectionReport> RunAsync(CollectionRules rules, bool rehearse, IProgress<CollectionStep>? progress, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // 0. What retention takes away. 1. From here on every put is noted. 2. Dead rows. 3. Roots of one snapshot. 4. What they reach. 5. The rest goes.
            long dropped;
            if (rehearse)
            {
                List<Commit> going = await retention.PlanAsync(null, null, cancellationToken);
                rules = rules with { Dropping = going.Select(commit => commit.Reference.ToString()).ToHashSet() };
                dropped = going.Count;
            }
            else
            {
                dropped = await retention.ApplyAsync(cancellationToken);
            }

            using BlobSweep sweep = leases.BeginSweep();
            progress?.Report(new("looking for dead rows", 0));
            ImmutableSortedDictionary<string, long> rows = rehearse
                ? await CountDeadAsync(rules, cancellationToken)
                : await RemoveDeadAsync(rules, cancellationToken);
            rows = dropped > 0 ? rows.Add("commits' files (retention)", dropped) : rows;
            TreeReach reached = await MarkAsync(rehearse ? rules : null, progress, cancellationToken);
            CollectionReport report = await SweepAsync(sweep, reached, rows, rehearse, progress, cancellationToken);
            IReadOnlyList<CacheMountUse> mounts = await RemoveMountsAsync(rules, rehearse, progress, cancellationToken);
            return report with { CacheMounts = mounts.Count, CacheMountBytes = mounts.Sum(mount => mount.Bytes) };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<IReadOnlyList<CacheMountUse>> RemoveMountsAsync(CollectionRules rules, bool rehearse, IProgress<CollectionStep>? progress, CancellationToken cancellationToken)
    {
        if (CacheMounts is not { } mounts)
        {
            return [];
        }

        progress?.Report(new("measuring the cache mounts", 0));
        return await Task.Run(() => mounts.Remove(rules.CachedStepsBefore, MostCacheMountBytes, rehearse, cancellationToken), cancellationToken);
    }

    private ValueTask<ImmutableSortedDictionary<string, long>> CountDeadAsync(CollectionRules rules, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            Dictionary<string, long> counts = [];
            foreach (IRootSource source in sources)
            {
                await foreach (DeadRow row in source.ReadDeadAsync(reader, rules, cancellationToken))
                {
                    counts[row.Kind] = counts.GetValueOrDefault(row.Kind) + 1;
                }
            }

            return counts.ToImmutableSortedDictionary();
        },
        cancellationToken);

    /// <summary>Removes dead rows. Work that read one before holds an older lease: until that ends, what the row named stays a root.</summary>
    private async ValueTask<ImmutableSortedDictionary<string, long>> RemoveDeadAsync(CollectionRules rules, CancellationToken cancellationToken)
    {
        Dictionary<string, long> counts = [];
        foreach (IRootSource source in sources)
        {
            List<DeadRow> dead;
            do
            {
                dead = await metadata.ReadAsync(
                    async reader => await source.ReadDeadAsync(reader, rules, cancellationToken).Take(MostDeadAtOnce).ToListAsync(cancellationToken), cancellationToken);
                foreach (DeadRow[] part in dead.Chunk(RowsInTransaction))
                {
                    await metadata.WriteAsync(transaction => DeleteAsync(transaction, part, cancellationToken), cancellationToken);
                }

                foreach (IGrouping<string, DeadRow> kind in dead.GroupBy(row => row.Kind))
                {
                    counts[kind.Key] = counts.GetValueOrDefault(kind.Key) + kind.LongCount();
                }

                if (dead.Exists(row => row.Roots.Count > 0))
                {
                    _condemned.Add((leases.Cut(), [.. dead.SelectMany(row => row.Roots).Distinct()]));
                }
            }
            while (dead.Count == MostDeadAtOnce);
        }

        return counts.ToImmutableSortedDictionary();
    }

    private static async ValueTask<bool> DeleteAsync(IMetadataTransaction transaction, DeadRow[] rows, CancellationToken cancellationToken)
    {
        foreach (DeadRow row in rows)
        {
            byte[]? now = await transaction.GetAsync(row.Table, row.Key, cancellationToken);
            if (now is not null && now.AsSpan().SequenceEqual(row.Value))
            {
                await transaction.DeleteAsync(row.Table, row.Key, cancellationToken);
            }
        }

        return true;
    }

    private async ValueTask<TreeReach> MarkAsync(CollectionRules? rules, IProgress<CollectionStep>? progress, CancellationToken cancellationToken)
    {
        TreeReach? reach = null;
        TreeReach reached = reach = new TreeReach
        {
            Met = _ =>
            {
                if (reach!.Count % 65_536 == 0)
                {
                    progress?.Report(new("marking what is needed", reach.Count));
                }
            },
        };
        _condemned.RemoveAll(removed => !leases.AnyBefore(removed.Cut));
        HashSet<Root> roots = await metadata.ReadAsync(r => ReadRootsAsync(r, reached, rules, cancellationToken), cancellationToken);
        roots.UnionWith(_condemned.SelectMany(removed => removed.Roots));
        reached.AddEmptyTree();
        foreach (Root root in roots)
        {
            await AddAsync(reached, root, cancellationToken);
        }

        return reached;
    }

    /// <summary>Reaches the blobs that rows name, and returns the trees.</summary>
    private async ValueTask<HashSet<Root>> ReadRootsAsync(IMetadataReader reader, TreeReach reached, CollectionRules? rules, CancellationToken cancellationToken)
    {
        HashSet<Root> trees = [];
        foreach (IRootSource source in sources)
        {
            await foreach (Root root in source.ReadAsync(reader, rules, cancellationToken))
            {
                if (root.Kind == RootKind.Tree)
                {
                    trees.Add(root);
                }
                else
                {
                    reached.AddBlob(new BlobInfo(root.Digest, 0));
                }
            }
        }

        return trees;
    }

    private async ValueTask AddAsync(TreeReach reached, Root root, CancellationToken cancellationToken)
    {
        if (root.Kind == RootKind.Blob)
        {
            reached.AddBlob(new BlobInfo(root.Digest, 0));
            return;
        }

        try
        {
            IBlobStore store = root.Repo is { } repo ? contents.Of(RepoName.Parse(repo)).Blobs : blobs;
            await reached.AddTreeAsync(store, root.Digest, cancellationToken);
        }
        catch (SlipwayException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Corrupt)
        {
            throw new SlipwayException(
                ErrorKind.Corrupt,
                $"nothing was collected: a tree of repo {root.Repo} cannot be read, so what it needs is not known: {failure.Message}",
                "slipway verify --all names what is damaged; slipway verify --repair mends it.",
                failure);
        }
    }

    private async Task<CollectionReport> SweepAsync(
        BlobSweep sweep, TreeReach reached, ImmutableSortedDictionary<string, long> rows, bool rehearse, IProgress<CollectionStep>? progress, CancellationToken cancellationToken)
    {
        CollectionTally tally = new();
        PrefixSet counted = new();
        foreach ((_, SealedBlobStore store) in await contents.ListSealedAsync(cancellationToken))
        {
            await SweepAsync(sweep, store, reached, tally, rehearse, progress, cancellationToken);
            await foreach ((_, Digest @sealed) in store.ListNamesAsync(cancellationToken))
            {
                counted.Add(@sealed);
            }
        }

        tally.Counted = counted;
        await SweepAsync(sweep, blobs, reached, tally, rehearse, progress, cancellationToken);
        return tally.Report(rows);
    }

    private static async Task SweepAsync(
        BlobSweep sweep, IBlobStore store, TreeReach reached, CollectionTally tally, bool rehearse, IProgress<CollectionStep>? progress, CancellationToken cancellationToken)
    {
        List<BlobInfo> batch = [];
        await foreach (BlobInfo blob in store.ListAsync(cancellationToken))
        {
            if (reached.Contains(blob.Digest))
            {
                tally.Keep(blob);
            }
            else
            {
                batch.Add(blob);
            }

            if (batch.Count == BatchSize)
            {
                await SweepBatchAsync(sweep, store, batch, tally, rehearse, cancellationToken);
                progress?.Report(new("deleting what is not", tally.Swept));
            }
        }

        await SweepBatchAsync(sweep, store, batch, tally, rehearse, cancellationToken);
    }

    private static async ValueTask SweepBatchAsync(
        BlobSweep sweep, IBlobStore store, List<BlobInfo> batch, CollectionTally tally, bool rehearse, CancellationToken cancellationToken)
    {
        IReadOnlyList<BlobInfo> gone = rehearse
            ? [.. batch.Where(blob => !sweep.IsLeased(blob.Digest))]
            : await sweep.DeleteAsync(store, batch, cancellationToken);
        tally.Sweep(gone, batch.Count - gone.Count);
        batch.Clear();
    }
}

/// <summary>How far a collection is.</summary>
internal readonly record struct CollectionStep(string What, long Done);
