using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Jobs;

/// <summary>
/// What jobs and answers name: output trees and logs. A job lives as long as its output commit; an answer as long as a living job took it,
/// and then until it is old: it is a cache that lets one go back to earlier data or code, not history.
/// </summary>
public sealed class JobRoots(CommitStore commits) : IRootSource
{
    /// <summary>The name of this source.</summary>
    public const string SourceName = "outputs and logs of jobs";

    private readonly Table<Job> _jobs = new("jobs", JobJson.Default.Job);
    private readonly Table<DatumResult> _datums = new("job-datums", JobJson.Default.DatumResult);
    private readonly Table<Answer> _answers = new("answers", JobJson.Default.Answer);

    /// <inheritdoc/>
    public string Name => SourceName;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PrefixSet taken = new();
        (HashSet<JobId> dead, HashSet<JobId> stubs) = await ForgottenAsync(reader, rules, cancellationToken);
        await foreach ((string key, DatumResult datum) in _datums.ScanAsync(reader, null, cancellationToken))
        {
            if (!stubs.Contains(JobTables.JobOf(key)) && (rules is null || !dead.Contains(JobTables.JobOf(key))))
            {
                taken.Add(datum.Key.Digest);
                foreach (Root root in RootsOf(datum.OutputTree, datum.Log, JobTables.JobOf(key)))
                {
                    yield return root;
                }
            }
        }

        await foreach ((string key, Answer answer) in _answers.ScanAsync(reader, null, cancellationToken))
        {
            if (rules is null || answer.Finished >= rules.AnswersBefore || taken.Contains(DatumKeyOf(key)))
            {
                foreach (Root root in RootsOf(answer.OutputTree, answer.Log, answer.Job))
                {
                    yield return root;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeadRow> ReadDeadAsync(
        IMetadataReader reader, CollectionRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PrefixSet taken = new();
        (HashSet<JobId> dead, HashSet<JobId> stubs) = await ForgottenAsync(reader, rules, cancellationToken);
        await foreach ((string key, byte[] value) in reader.ScanAsync("job-datums", null, null, cancellationToken))
        {
            DatumResult datum = RecordJson.Decode("job-datums", key, value, JobJson.Default.DatumResult);
            if (dead.Contains(JobTables.JobOf(key)))
            {
                yield return new DeadRow("datums of jobs", "job-datums", key, value, [.. RootsOf(datum.OutputTree, datum.Log, JobTables.JobOf(key))]);
            }
            else if (!stubs.Contains(JobTables.JobOf(key)))
            {
                taken.Add(datum.Key.Digest);
            }
        }

        foreach (JobId id in dead)
        {
            await foreach (DeadRow row in RowsOfAsync(reader, id, cancellationToken))
            {
                yield return row;
            }
        }

        await foreach ((string key, byte[] value) in reader.ScanAsync("answers", null, null, cancellationToken))
        {
            Answer answer = RecordJson.Decode("answers", key, value, JobJson.Default.Answer);
            if (answer.Finished < rules.AnswersBefore && !taken.Contains(DatumKeyOf(key)))
            {
                yield return new DeadRow("answers", "answers", key, value, [.. RootsOf(answer.OutputTree, answer.Log, answer.Job)]);
            }
        }
    }

    private static async IAsyncEnumerable<DeadRow> RowsOfAsync(
        IMetadataReader reader, JobId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Job job = (await JobTables.FindAsync(reader, id, cancellationToken))!;
        foreach ((string table, string key) in JobTables.KeysOf(job))
        {
            if (await reader.GetAsync(table, key, cancellationToken) is { } value)
            {
                yield return new DeadRow(table == "jobs" ? "jobs" : "marks of jobs", table, key, value, []);
            }
        }
    }

    private static IEnumerable<Root> RootsOf(Digest? tree, Digest? log, JobId job)
    {
        // The output of a job is content of its pipeline's repo, and so is what it said.
        string repo = job.Pipeline.Repo.ToString();
        if (tree is { } output)
        {
            yield return new Root(RootKind.Tree, output, repo);
        }

        if (log is { } said)
        {
            yield return new Root(RootKind.Blob, said, repo);
        }
    }

    private static Digest DatumKeyOf(string key) => DatumKey.Parse(key).Digest;

    /// <summary>The jobs whose output commit is gone, and those of which retention left only a stub: their rows stay, what they name does not.</summary>
    private async ValueTask<(HashSet<JobId> Dead, HashSet<JobId> Stubs)> ForgottenAsync(
        IMetadataReader reader, CollectionRules? rules, CancellationToken cancellationToken)
    {
        HashSet<JobId> dead = [];
        HashSet<JobId> stubs = [];
        await foreach ((_, Job job) in _jobs.ScanAsync(reader, null, cancellationToken))
        {
            if (!job.IsOver)
            {
                continue;
            }

            Commit? output = await commits.FindAsync(reader, job.Id.Pipeline.Repo, job.Id.GlobalId, cancellationToken);
            if (output is null)
            {
                dead.Add(job.Id);
            }
            else if (output.Dropped is not null || (rules?.Drops(output.Reference.ToString()) ?? false))
            {
                stubs.Add(job.Id);
            }
        }

        return (dead, stubs);
    }
}
