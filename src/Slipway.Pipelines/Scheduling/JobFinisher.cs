using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Scheduling;

/// <summary>Ends jobs: merges what their datums made, and finishes job and output commit in one transaction.</summary>
internal sealed class JobFinisher(IMetadataStore metadata, CommitStore commits, RepoContents contents, TimeProvider time)
{
    private const int ConflictsShown = 5;

    /// <summary>Ends a job that ran. Outputs that do not fit together fail it, naming the path and the datums.</summary>
    public async ValueTask FinishAsync(JobId id, JobState state, string? error, IReadOnlyList<LabelledTree> outputs, CancellationToken cancellationToken)
    {
        Digest? tree = null;
        try
        {
            TreeMerge merge = await contents.Of(id.Pipeline.Repo).Trees.MergeAsync(outputs, cancellationToken);
            tree = merge.Tree;
            if (!merge.Conflicts.IsEmpty && state == JobState.Succeeded)
            {
                (state, error) = (JobState.Failed, ConflictText(merge.Conflicts));
            }
        }
        catch (SlipwayException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Corrupt)
        {
            // Part of an answer's output is gone from the store. The job that meets it fails; it says so rather than leaving files out.
            string hint = $"slipway pipeline update --reprocess makes them again: pipeline {id.Pipeline}";
            (state, error) = state == JobState.Succeeded ? (JobState.Failed, $"earlier outputs cannot be read: {failure.Message}\n{hint}") : (state, error);
        }

        await EndAsync(id, state, error, tree ?? await EmptyAsync(id, cancellationToken), cancellationToken);
    }

    /// <summary>Ends a job without output of its own: it could not run, or was stopped before it did.</summary>
    public async ValueTask FinishEmptyAsync(JobId id, JobState state, string error, CancellationToken cancellationToken) =>
        await EndAsync(id, state, error, await EmptyAsync(id, cancellationToken), cancellationToken);

    private ValueTask<Digest> EmptyAsync(JobId id, CancellationToken cancellationToken) =>
        contents.Of(id.Pipeline.Repo).Trees.EmptyAsync(cancellationToken);

    private async ValueTask EndAsync(JobId id, JobState state, string? error, Digest tree, CancellationToken cancellationToken)
    {
        await contents.Of(id.Pipeline.Repo).Blobs.FlushAsync(cancellationToken);
        await metadata.WriteAsync(
            async transaction =>
            {
                if (await JobTables.FindAsync(transaction, id, cancellationToken) is not { IsOver: false } job)
                {
                    // Deleted, or stopped with its pipeline, while it ran.
                    return false;
                }

                Commit? output = await commits.FindAsync(transaction, id.Pipeline.Repo, id.GlobalId, cancellationToken);
                if (output is { State: CommitState.Open })
                {
                    await commits.FinishOutputAsync(transaction, id.Pipeline.Repo, id.GlobalId, tree, error, cancellationToken);
                }

                await JobTables.PutAsync(
                    transaction, job with { State = state, Error = error, Finished = time.GetUtcNow() }, cancellationToken);
                return true;
            },
            cancellationToken);
        commits.NotifyChanged();
    }

    private static string ConflictText(ImmutableArray<TreeConflict> conflicts)
    {
        IEnumerable<string> lines = conflicts.Take(ConflictsShown).Select(c => $"two datums write {c.Path}: {c.FirstLabel} and {c.SecondLabel}");
        string more = conflicts.Length > ConflictsShown ? $"\n… and {conflicts.Length - ConflictsShown} more paths" : "";
        return $"{string.Join('\n', lines)}{more}\nLet each datum write to a path of its own, such as one named after its input.";
    }
}
