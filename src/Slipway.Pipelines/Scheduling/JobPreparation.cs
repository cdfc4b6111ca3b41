using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Scheduling;

/// <summary>A job with all that is known before its first datum runs.</summary>
/// <param name="Plan">What runs and what does not. Datums that this job finished before a restart are in neither list.</param>
/// <param name="Answers">The answer of each key that is skipped.</param>
/// <param name="Kept">What this job finished before a restart.</param>
internal sealed record PreparedJob(
    Job Job, Pipeline Pipeline, JobPlan Plan, IReadOnlyDictionary<DatumKey, Answer> Answers, ImmutableArray<DatumResult> Kept);

/// <summary>Reads what a plan needs, and plans: the inputs' entries, the answers that are stored, the previous job.</summary>
internal sealed class JobPreparation(IMetadataStore metadata, CommitStore commits, RepoContents contents)
{
    public async ValueTask<PreparedJob> PrepareAsync(Job job, Commit output, CancellationToken cancellationToken)
    {
        Pipeline pipeline = await metadata.ReadAsync(r => PipelineTables.FindAsync(r, job.Id.Pipeline, job.Version, cancellationToken), cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"version {job.Version} of pipeline {job.Id.Pipeline} is not stored");
        var stage = new Stage(pipeline.Spec.Transform, pipeline.Image.RunIdentity);
        ImmutableArray<Datum> datums = DatumSet.Of(pipeline.Spec.Input, await ReadLeavesAsync(pipeline.Spec.Input, output, cancellationToken));
        Digest stageDigest = stage.Digest();
        HashSet<DatumKey> keys = [.. datums.Select(datum => DatumSet.KeyOf(stageDigest, datum))];

        IReadOnlyList<DatumResult> own = await metadata.ReadAsync(r => JobTables.ListDatumsAsync(r, job.Id, cancellationToken), cancellationToken);
        own = [.. own.Where(result => keys.Contains(result.Key) && result.State is DatumState.Processed or DatumState.Recovered)];
        bool reprocess = job.Reprocess || pipeline.Spec.Reprocess == ReprocessSpec.EveryJob;
        Dictionary<DatumKey, Answer> answers = reprocess ? [] : await FindAnswersAsync(keys, cancellationToken);
        HashSet<Digest> missing = [.. await contents.Of(job.Id.Pipeline.Repo).Blobs.FindMissingAsync(OutputsOf(answers.Values, own), cancellationToken)];

        HashSet<DatumKey> lost = [.. answers.Where(answer => missing.Contains(answer.Value.OutputTree)).Select(answer => answer.Key)];
        ImmutableArray<DatumResult> kept = [.. own.Where(result => result.OutputTree is not { } tree || !missing.Contains(tree))];
        HashSet<DatumId> done = [.. kept.Select(result => result.Id)];
        PreviousJob previous = await ReadPreviousAsync(job, stage, cancellationToken);
        JobPlan plan = JobPlan.For(datums, stageDigest, answers.Keys.Except(lost).ToHashSet(), lost, reprocess, previous);
        plan = plan with
        {
            ToRun = plan.ToRun.RemoveAll(datum => done.Contains(datum.Datum.Id)),
            ToSkip = plan.ToSkip.RemoveAll(datum => done.Contains(datum.Datum.Id)),
        };
        return new PreparedJob(job, pipeline, plan, answers, kept);
    }

    private async ValueTask<IReadOnlyList<LeafEntries>> ReadLeavesAsync(InputSpec input, Commit output, CancellationToken cancellationToken)
    {
        var leaves = new List<LeafEntries>();
        foreach (RepoInput leaf in input.Leaves())
        {
            TreeStore trees = contents.Of(leaf.Repo).Trees;
            ProvenanceLink? link = output.Provenance.FirstOrDefault(l => l.Input == leaf.Name && l.Repo == leaf.Repo && l.Branch == leaf.Branch);
            Commit? commit = link is null ? null : await commits.FindAsync(link.Repo, link.Commit, cancellationToken);
            commit?.ThrowIfDropped();
            if (commit?.Tree is not { } tree || tree == await trees.EmptyAsync(cancellationToken))
            {
                // An empty commit has no datums, whatever the glob: its root is there, but there is nothing to work on.
                leaves.Add(LeafEntries.None);
                continue;
            }

            var entries = new List<KeyValuePair<DataPath, TreeEntry>>();
            await foreach (KeyValuePair<DataPath, TreeEntry> entry in trees.GlobAsync(tree, leaf.Glob, cancellationToken))
            {
                entries.Add(entry);
            }

            leaves.Add(new LeafEntries(commit.GlobalId, tree, entries));
        }

        return leaves;
    }

    private ValueTask<Dictionary<DatumKey, Answer>> FindAnswersAsync(HashSet<DatumKey> keys, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            var answers = new Dictionary<DatumKey, Answer>();
            foreach (DatumKey key in keys)
            {
                if (await JobTables.FindAnswerAsync(reader, key, cancellationToken) is { } answer)
                {
                    answers.Add(key, answer);
                }
            }

            return answers;
        },
        cancellationToken);

    private ValueTask<PreviousJob> ReadPreviousAsync(Job job, Stage stage, CancellationToken cancellationToken) => metadata.ReadAsync(
        async reader =>
        {
            Job? before = await JobTables.ScanAsync(reader, job.Id.Pipeline, cancellationToken)
                .FirstOrDefaultAsync(j => j.Sequence < job.Sequence && j.State is JobState.Succeeded or JobState.Failed, cancellationToken);
            if (before is null)
            {
                return PreviousJob.None;
            }

            Dictionary<DatumId, PreviousDatum> datums = [];
            foreach (DatumResult result in await JobTables.ListDatumsAsync(reader, before.Id, cancellationToken))
            {
                bool succeeded = result.State is DatumState.Processed or DatumState.Skipped;
                datums[result.Id] = new PreviousDatum(result.Key, succeeded, result.Inputs.ToDictionary(input => input.Name, input => input.Digest));
            }

            Pipeline? version = await PipelineTables.FindAsync(reader, job.Id.Pipeline, before.Version, cancellationToken);
            return new PreviousJob(datums, version is null ? [] : [.. stage.ChangedSince(new Stage(version.Spec.Transform, version.Image.RunIdentity))]);
        },
        cancellationToken);

    private static HashSet<Digest> OutputsOf(IEnumerable<Answer> answers, IEnumerable<DatumResult> results) =>
        [.. answers.Select(answer => answer.OutputTree), .. results.Select(result => result.OutputTree).OfType<Digest>()];
}
