using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Metadata;
using Slipway.Daemon.S3.Objects;
using Slipway.Pipelines.Jobs;

namespace Slipway.Daemon.Purging;

/// <summary>What a purge did.</summary>
/// <param name="Plan">What was to go.</param>
/// <param name="Answers">How many answers were forgotten.</param>
/// <param name="Copies">The plain files outside of the store that were copies, and are removed.</param>
/// <param name="Traces">What is left of the blobs in the store's files: nothing, or the purge has failed.</param>
internal sealed record PurgeOutcome(PurgePlan Plan, int Answers, IReadOnlyList<string> Copies, IReadOnlyList<Digest> Traces);

/// <summary>
/// Removes content from all history. Commits stay as they are, since their ids are digests of what they say: the bytes go, a record says so, reads
/// say so, and the same bytes are not taken again. See docs/decisions/2026-11-21-purged-and-not-rewritten.md.
/// </summary>
internal sealed class Purger(
    LocalBlobStore blobs, IMetadataStore metadata, PurgeTables tables, PurgePlanner planner, JobStore jobs, Func<CancellationToken, Task> collect, Action forgetInputs, IReadOnlyList<string> folders, TimeProvider time)
{
    /// <summary>What a purge would do; changes nothing.</summary>
    public Task<PurgePlan> PlanAsync(string target, bool withOutputs, CancellationToken cancellationToken) => planner.PlanAsync(target, withOutputs, cancellationToken);

    /// <summary>Carries a plan out, and what an earlier purge of the same left undone when it was cut off.</summary>
    public async Task<PurgeOutcome> RunAsync(PurgePlan plan, string by, string reason, CancellationToken cancellationToken)
    {
        // 1. The record, durable, with every name of the bytes: from now on they are refused. 2. The bytes in the store. 3. Copies elsewhere. 4. The proof.
        ImmutableArray<PurgeRow> rows = await RowsAsync(plan, by, reason, cancellationToken);
        int answers = await metadata.WriteAsync(
            async transaction =>
            {
                foreach (PurgeRow row in rows)
                {
                    await tables.PutAsync(transaction, row, cancellationToken);
                }

                await ObjectMetadataStore.ForgetAsync(transaction, plan.Blobs.Keys.ToHashSet(), cancellationToken);
                return await jobs.ForgetAnswersAsync(transaction, plan.Answers, cancellationToken);
            },
            cancellationToken);
        foreach (PurgeRow row in rows)
        {
            blobs.Purged.Set(row.Record.Digest, row.Record.Mark);
        }

        foreach (IGrouping<SealedBlobStore, SealedCopy> copies in plan.Sealed.GroupBy(copy => copy.Store))
        {
            await copies.Key.DeleteAsync([.. copies.Select(copy => copy.Plain)], cancellationToken);
        }

        HashSet<Digest> digests = [.. plan.Blobs.Keys, .. rows.SelectMany(row => row.Record.Remains!.Sealed)];
        HashSet<Digest> sources = [.. rows.SelectMany(row => row.Record.Remains!.Sources)];
        await blobs.EraseAsync(digests, cancellationToken);
        if (sources.Count > 0)
        {
            // Parts that were appended are blobs of their own: a collection finds those that nothing else needs, and their bytes go too.
            await collect(cancellationToken);
            digests.UnionWith(await blobs.FindMissingAsync(sources, cancellationToken));
            await blobs.EraseAsync(digests, cancellationToken);
        }

        forgetInputs();
        IReadOnlyList<string> removed = LooseCopies.Remove(folders, digests, plan.Blobs.Values.ToHashSet(), cancellationToken);
        IReadOnlyList<Digest> traces = await blobs.FindTracesAsync(digests, cancellationToken);
        if (traces.Count == 0)
        {
            await tables.EndAsync(plan.Blobs.Keys, cancellationToken);
        }

        return new PurgeOutcome(plan, answers, removed, traces);
    }

    private async Task<ImmutableArray<PurgeRow>> RowsAsync(PurgePlan plan, string by, string reason, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        ILookup<Digest, SealedCopy> kept = plan.Sealed.ToLookup(copy => copy.Plain);
        List<PurgeRow> rows = [];
        foreach ((Digest digest, long size) in plan.Blobs)
        {
            PurgeRow? before = await tables.FindAsync(digest, cancellationToken);
            PurgeRemains? left = before?.Record.Remains;
            Digest[] @sealed = [.. kept[digest].Select(copy => copy.Sealed).Union(left?.Sealed ?? [])];
            PurgeRemains remains = new([.. @sealed], [.. blobs.SourcesOf([digest, .. @sealed]).Union(left?.Sources ?? [])]);
            PurgeRecord record = new(digest, size > 0 ? size : before?.Record.Size ?? 0, now, by, reason, plan.Uses[digest].Named, plan.Uses[digest].More, null)
            {
                Remains = remains,
            };
            rows.Add(new PurgeRow(record, [.. kept[digest].Select(copy => copy.Store.KeyOf(digest)).Union(before?.SealedKeys ?? [])]));
        }

        return [.. rows];
    }
}
