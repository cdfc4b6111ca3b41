using System.Collections.Concurrent;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Scheduling;

/// <summary>
/// Runs jobs. One loop reads the jobs that are open and starts those whose inputs are finished: of one pipeline in the order in which
/// they were made, of different pipelines side by side. It wakes when commits change, and re-reads at times in case it did not hear.
/// All that it knows is stored: another scheduler over the same stores goes on where this one was killed.
/// </summary>
public sealed class Scheduler : IAsyncDisposable
{
    private readonly IMetadataStore _metadata;
    private readonly CommitStore _commits;
    private readonly IExecutor _executor;
    private readonly SchedulerOptions _options;
    private readonly TimeProvider _time;
    private readonly JobRunner _runner;
    private readonly JobFinisher _finisher;
    private readonly Pulse _pulse = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<JobId, byte> _toKill = new();
    private readonly Dictionary<JobId, RunningJob> _running = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>Makes a scheduler; nothing runs before <see cref="Start"/>.</summary>
    public Scheduler(
        IMetadataStore metadata, CommitStore commits, RepoContents contents, IExecutor executor, SchedulerOptions options, TimeProvider time)
    {
        _metadata = metadata;
        _commits = commits;
        _executor = executor;
        _options = options;
        _time = time;
        _runner = new JobRunner(metadata, commits, contents, executor, options, time);
        _finisher = new JobFinisher(metadata, commits, contents, time);
    }

    /// <summary>Starts the loop. Once.</summary>
    public void Start()
    {
        _commits.Changed += Wake;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Makes the loop look now.</summary>
    public void Wake() => _pulse.Beat();

    /// <summary>Waits until no job is open.</summary>
    public async ValueTask WaitIdleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = _pulse.Next;
            if ((await _metadata.ReadAsync(r => JobTables.ListOpenAsync(r, cancellationToken), cancellationToken)).Count == 0)
            {
                return;
            }

            await Pulse.WaitAsync(next, _options.Reread, _time, cancellationToken);
        }
    }

    /// <summary>Waits until every commit of a global id has finished or failed: the commit and all that it caused.</summary>
    /// <returns>Those commits, by repo.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no commit has that id.</exception>
    public async ValueTask<IReadOnlyList<Commit>> WaitAsync(GlobalId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = _pulse.Next;
            IReadOnlyList<Commit> commits = await _commits.ListByGlobalIdAsync(id, cancellationToken);
            if (commits.Count == 0)
            {
                throw new SlipwayException(ErrorKind.NotFound, $"no commit has the global id {id}", "slipway log REPO shows the commits of a repo.");
            }

            if (commits.All(commit => commit.State != CommitState.Open))
            {
                return commits;
            }

            await Pulse.WaitAsync(next, _options.Reread, _time, cancellationToken);
        }
    }

    /// <summary>Stops a job and waits until it is over. A job that is over already is left as it is.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>.</exception>
    public async ValueTask<Job> KillAsync(JobId id, CancellationToken cancellationToken)
    {
        var jobs = new JobStore(_metadata);
        while (true)
        {
            Task next = _pulse.Next;
            Job job = await jobs.GetAsync(id, cancellationToken);
            if (job.IsOver)
            {
                _toKill.TryRemove(id, out _);
                return job;
            }

            if (_toKill.TryAdd(id, 0))
            {
                Wake();
            }

            await Pulse.WaitAsync(next, _options.Reread, _time, cancellationToken);
        }
    }

    /// <summary>Stops the datums that run and leaves their jobs open, to be taken up again by the next scheduler.</summary>
    public async ValueTask DisposeAsync()
    {
        _commits.Changed -= Wake;
        await _stop.CancelAsync();
        await _loop;
        _runner.Dispose();
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        bool cleaned = false;
        while (!_stop.IsCancellationRequested)
        {
            Task next = _pulse.Next;
            try
            {
                if (!cleaned)
                {
                    await _executor.CleanAsync(_stop.Token);
                    cleaned = true;
                }

                await LookAsync(_stop.Token);
            }
            catch (Exception error) when (error is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                _options.OnFault?.Invoke(error);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            try
            {
                await Pulse.WaitAsync(next, _options.Reread, _time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(_running.Values.Select(job => job.Task));
        foreach (RunningJob job in _running.Values)
        {
            job.Killed.Dispose();
        }
    }

    // One look: forget jobs that ended, pass on kills, start what can start.
    private async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        foreach ((JobId id, RunningJob ended) in _running.Where(entry => entry.Value.Task.IsCompleted).ToList())
        {
            _running.Remove(id);
            ended.Killed.Dispose();
        }

        IReadOnlyList<OpenJob> open = await ReadOpenAsync(cancellationToken);
        HashSet<JobId> ids = [.. open.Select(o => o.Job.Id)];
        foreach ((JobId id, RunningJob running) in _running)
        {
            // A job that is open no more while it runs went with its pipeline.
            if (_toKill.ContainsKey(id) || !ids.Contains(id))
            {
                await running.Killed.CancelAsync();
            }
        }

        var seen = new HashSet<PipelineName>();
        foreach (OpenJob job in open)
        {
            bool first = seen.Add(job.Job.Id.Pipeline);
            if (_running.ContainsKey(job.Job.Id))
            {
                continue;
            }

            if (_toKill.ContainsKey(job.Job.Id))
            {
                await _finisher.FinishEmptyAsync(job.Job.Id, JobState.Killed, "the job was killed", cancellationToken);
            }
            else if (first)
            {
                await AdvanceAsync(job, cancellationToken);
            }
        }
    }

    private async ValueTask AdvanceAsync(OpenJob open, CancellationToken cancellationToken)
    {
        if (open.Output is null)
        {
            await _finisher.FinishEmptyAsync(open.Job.Id, JobState.Failed, "its output commit no longer exists", cancellationToken);
        }
        else if (open.Inputs.All(input => input.State == CommitState.Finished))
        {
            var killed = new CancellationTokenSource();
            _running.Add(open.Job.Id, new RunningJob(Task.Run(() => RunAsync(open.Job, open.Output, killed.Token), CancellationToken.None), killed));
        }
        else if (open.Inputs.All(input => input.State != CommitState.Open))
        {
            await _finisher.FinishEmptyAsync(open.Job.Id, JobState.Unrunnable, UnrunnableText(open), cancellationToken);
        }
    }

    private async Task RunAsync(Job job, Commit output, CancellationToken killed)
    {
        try
        {
            await _runner.RunAsync(job, output, killed, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Left open on purpose.
        }
        catch (Exception error)
        {
            // The job could not even be ended; it stays open and is taken up again at the next look.
            _options.OnFault?.Invoke(error);
            await Pulse.WaitAsync(Task.Delay(Timeout.InfiniteTimeSpan, _time, CancellationToken.None), _options.Reread, _time, CancellationToken.None);
        }
        finally
        {
            Wake();
        }
    }

    private ValueTask<IReadOnlyList<OpenJob>> ReadOpenAsync(CancellationToken cancellationToken) => _metadata.ReadAsync(
        async reader =>
        {
            var open = new List<OpenJob>();
            foreach (Job job in await JobTables.ListOpenAsync(reader, cancellationToken))
            {
                Commit? output = await _commits.FindAsync(reader, job.Id.Pipeline.Repo, job.Id.GlobalId, cancellationToken);
                var inputs = new List<InputCommit>();
                foreach (ProvenanceLink link in output?.Provenance ?? [])
                {
                    Commit? commit = await _commits.FindAsync(reader, link.Repo, link.Commit, cancellationToken);
                    Job? upstream = commit is { State: CommitState.Failed } && PipelineName.TryParse(link.Repo.ToString(), out PipelineName pipeline)
                        ? await JobTables.FindAsync(reader, new JobId(pipeline, link.Commit), cancellationToken)
                        : null;
                    inputs.Add(new InputCommit(link, commit?.State ?? CommitState.Failed, commit is null, upstream));
                }

                open.Add(new OpenJob(job, output, inputs));
            }

            return (IReadOnlyList<OpenJob>)open;
        },
        cancellationToken);

    // Names the job that failed first, however far upstream: the text of an unrunnable job is passed on as it is.
    private static string UnrunnableText(OpenJob open)
    {
        InputCommit failed = open.Inputs.First(input => input.State == CommitState.Failed);
        if (failed.Upstream is { State: JobState.Unrunnable, Error: { } passedOn })
        {
            return passedOn;
        }

        if (failed.Upstream is { } upstream)
        {
            string how = upstream.State == JobState.Killed ? "was killed" : "failed";
            return $"not run: the upstream job {upstream.Id} {how}: {upstream.Error?.Split('\n')[0]}";
        }

        string why = failed.Missing ? "no longer exists" : "failed";
        return $"not run: its input {failed.Link.Input}, commit {failed.Link.Repo}@{failed.Link.Commit}, {why}";
    }

    private sealed record RunningJob(Task Task, CancellationTokenSource Killed);

    private sealed record InputCommit(ProvenanceLink Link, CommitState State, bool Missing, Job? Upstream);

    private sealed record OpenJob(Job Job, Commit? Output, IReadOnlyList<InputCommit> Inputs);
}
