using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Blobs.Sealed;
using Slipway.Content.Metadata;
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

    /// <summary>Carries a plan out.</summary>
    public async Task<PurgeOutcome> RunAsync(PurgePlan plan, string by, string reason, CancellationToken cancellationToken)
    {
        // 1. The record, durable: from now on the bytes are refused. 2. The bytes in the store. 3. Copies elsewhere. 4. The proof.
        DateTimeOffset now = time.GetUtcNow();
        ILookup<Digest, SealedCopy> kept = plan.Sealed.ToLookup(copy => copy.Plain);
        ImmutableArray<PurgeRecord> records =
        [
            .. plan.Blobs.Select(blob => new PurgeRecord(blob.Key, blob.Value, now, by, reason, plan.Uses[blob.Key].Named, plan.Uses[blob.Key].More, null)),
        ];
        int answers = await metadata.WriteAsync(
            async transaction =>
            {
                foreach (PurgeRecord record in records)
                {
                    await tables.PutAsync(transaction, record, [.. kept[record.Digest].Select(copy => copy.Store.KeyOf(copy.Plain))], cancellationToken);
                }

                return await jobs.ForgetAnswersAsync(transaction, plan.Answers, cancellationToken);
            },
            cancellationToken);
        foreach (PurgeRecord record in records)
        {
            blobs.Purged.Set(record.Digest, record.Mark);
        }

        foreach (IGrouping<SealedBlobStore, SealedCopy> copies in plan.Sealed.GroupBy(copy => copy.Store))
        {
            await copies.Key.DeleteAsync([.. copies.Select(copy => copy.Plain)], cancellationToken);
        }

        HashSet<Digest> digests = [.. plan.Blobs.Keys, .. plan.Sealed.Select(copy => copy.Sealed)];
        IReadOnlySet<Digest> sources = blobs.SourcesOf(digests);
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
        return new PurgeOutcome(plan, answers, removed, await blobs.FindTracesAsync(digests, cancellationToken));
    }
}
