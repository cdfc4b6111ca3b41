using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Scheduling;

/// <summary>Runs one job from plan to output commit. What stops it half-way leaves it open, to be taken up again from what is recorded.</summary>
internal sealed class JobRunner(
    IMetadataStore metadata, CommitStore commits, RepoContents contents, IExecutor executor, SchedulerOptions options, TimeProvider time)
    : IDisposable
{
    private readonly JobPreparation _preparation = new(metadata, commits, contents);
    private readonly DatumRunner _datums = new(executor, new EmptiedTree(contents), time);
    private readonly JobFinisher _finisher = new(metadata, commits, contents, time);
    private readonly SemaphoreSlim _slots = new(options.MostDatums);

    /// <summary>
    /// Runs the job to its end, whatever that is. Only a cancellation of <paramref name="stop"/> leaves it open; where
    /// <paramref name="killed"/> is cancelled it ends as killed.
    /// </summary>
    public async Task RunAsync(Job job, Commit output, CancellationToken killed, CancellationToken stop)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(killed, stop);
        using IDisposable? lease = options.BeginLease?.Invoke();
        var outputs = new ConcurrentBag<LabelledTree>();
        string? error;
        JobState state = JobState.Failed;
        try
        {
            error = await RunAsync(job, output, outputs, running.Token);
            state = error is null ? JobState.Succeeded : JobState.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException) when (killed.IsCancellationRequested)
        {
            (state, error) = (JobState.Killed, "the job was killed");
        }
        catch (SlipwayException failure)
        {
            error = failure.Hint is null ? failure.Message : $"{failure.Message}\n{failure.Hint}";
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // An executor may fail in ways of its own. That ends its job, never the loop that runs all jobs.
            error = $"the executor {executor.Name} failed: {failure.Message}";
        }

        await _finisher.FinishAsync(job.Id, state, error, [.. outputs.OrderBy(tree => tree.Label, StringComparer.Ordinal)], stop);
    }

    /// <summary>To be called when no job runs any more.</summary>
    public void Dispose() => _slots.Dispose();

    // Returns why the job failed, or null.
    private async ValueTask<string?> RunAsync(Job job, Commit output, ConcurrentBag<LabelledTree> outputs, CancellationToken cancellationToken)
    {
        PreparedJob prepared = await _preparation.PrepareAsync(job, output, cancellationToken);
        TimeSpan? most = prepared.Pipeline.Spec.JobTimeout;
        using var timeout = most is { } span ? new CancellationTokenSource(span, time) : new CancellationTokenSource();
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var failures = new ConcurrentBag<DatumResult>();
        try
        {
            await StartAsync(prepared, cancellationToken);
            await using var recorder = new DatumRecorder(metadata, contents.Of(job.Id.Pipeline.Repo).Blobs, job.Id);
            await SkipAsync(prepared, recorder, outputs, running.Token);
            await RunDatumsAsync(prepared, recorder, outputs, failures, running.Token);
            await recorder.FinishAsync();
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return $"took longer than job_timeout, {GoDuration.Format(most ?? default)}";
        }

        return failures.IsEmpty ? null : FailureText(failures, prepared);
    }

    private async ValueTask StartAsync(PreparedJob prepared, CancellationToken cancellationToken) => await metadata.WriteAsync(
        async transaction =>
        {
            if (await JobTables.FindAsync(transaction, prepared.Job.Id, cancellationToken) is { IsOver: false } job)
            {
                int total = prepared.Plan.ToRun.Length + prepared.Plan.ToSkip.Length + prepared.Kept.Length;
                int recovered = prepared.Kept.Count(result => result.State == DatumState.Recovered);
                await JobTables.PutAsync(
                    transaction,
                    job with
                    {
                        State = JobState.Running,
                        Started = job.Started ?? time.GetUtcNow(),
                        Counts = new JobCounts(total, Processed: prepared.Kept.Length - recovered, Recovered: recovered, Gone: prepared.Plan.Gone.Length),
                    },
                    cancellationToken);
            }

            return true;
        },
        cancellationToken);

    private static async ValueTask SkipAsync(
        PreparedJob prepared, DatumRecorder recorder, ConcurrentBag<LabelledTree> outputs, CancellationToken cancellationToken)
    {
        foreach (DatumResult kept in prepared.Kept.Where(result => result.OutputTree is not null))
        {
            outputs.Add(new LabelledTree(kept.Label, kept.OutputTree!.Value));
        }

        foreach (PlannedDatum planned in prepared.Plan.ToSkip)
        {
            Answer answer = prepared.Answers[planned.Key];
            outputs.Add(new LabelledTree(planned.Datum.Label, answer.OutputTree));
            await recorder.AddAsync(SkippedOf(planned, answer), cancellationToken);
        }
    }

    // Datums of one key are one piece of work: the first runs, the others take its answer.
    private async ValueTask RunDatumsAsync(
        PreparedJob prepared, DatumRecorder recorder, ConcurrentBag<LabelledTree> outputs, ConcurrentBag<DatumResult> failures, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = prepared.Pipeline.Spec.Parallelism.Workers(options.Processors),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(prepared.Plan.ToRun.GroupBy(planned => planned.Key), parallel, async (same, token) =>
        {
            if (failures.Count >= options.MostFailures)
            {
                return;
            }

            DatumResult first;
            await _slots.WaitAsync(token);
            try
            {
                first = await _datums.RunAsync(prepared.Job.Id, prepared.Pipeline, same.First(), token);
            }
            finally
            {
                _slots.Release();
            }

            foreach (PlannedDatum planned in same)
            {
                DatumResult result = planned.Datum.Id == first.Id ? first : TwinOf(planned, first);
                if (result.OutputTree is { } tree)
                {
                    outputs.Add(new LabelledTree(planned.Datum.Label, tree));
                }
                else if (result.State == DatumState.Failed)
                {
                    failures.Add(result);
                }

                // Not to be cancelled: what is done is recorded, also while the job is being stopped.
                await recorder.AddAsync(result, CancellationToken.None);
            }
        });
    }

    private static DatumResult SkippedOf(PlannedDatum planned, Answer answer) => new()
    {
        Id = planned.Datum.Id,
        Key = planned.Key,
        State = DatumState.Skipped,
        Reason = planned.Reason,
        Inputs = [.. planned.Datum.Inputs.Select(DatumResultInput.Of)],
        RanIn = answer.Job,
        Tries = answer.Tries,
        ExitCode = answer.ExitCode,
        Started = answer.Started,
        Finished = answer.Finished,
        Log = answer.Log,
        OutputTree = answer.OutputTree,
        OutputFiles = answer.OutputFiles,
        OutputBytes = answer.OutputBytes,
        Prepare = answer.Prepare,
        Run = answer.Run,
        Collect = answer.Collect,
    };

    private static DatumResult TwinOf(PlannedDatum planned, DatumResult first) => first with
    {
        Id = planned.Datum.Id,
        State = first.State == DatumState.Processed ? DatumState.Skipped : first.State,
        Inputs = [.. planned.Datum.Inputs.Select(DatumResultInput.Of)],
        Reason = planned.Reason,
    };

    private string FailureText(IReadOnlyCollection<DatumResult> failures, PreparedJob prepared)
    {
        const int Shown = 5;
        int total = prepared.Plan.ToRun.Length + prepared.Plan.ToSkip.Length + prepared.Kept.Length;
        IEnumerable<string> lines = failures.OrderBy(failure => failure.Label, StringComparer.Ordinal).Take(Shown)
            .Select(failure => $"{failure.Label}: {failure.Error} (after {Tries(failure.Tries)}; datum {failure.Id.Short})");
        string more = failures.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $"\n… and {failures.Count - Shown} more") : "";
        string stopped = failures.Count >= options.MostFailures ? $"\nafter {options.MostFailures} failures no more datums were begun" : "";
        string head = $"{failures.Count} of {total} datum{(total == 1 ? "" : "s")} failed\n";
        return $"{head}{string.Join('\n', lines)}{more}{stopped}\nslipway logs --job {prepared.Job.Id} shows what they said";
    }

    private static string Tries(int tries) => tries == 1 ? "1 try" : $"{tries} tries";
}
