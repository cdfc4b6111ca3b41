using System.Threading.Channels;
using Slipway.Content.Blobs;
using Slipway.Content.Metadata;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Scheduling;

/// <summary>
/// Makes finished datums durable: flushes their outputs, then writes their rows, answers and the job's counts in one transaction. Datums
/// that finish while one such round is on its way share the next: the cost of a round is paid by many.
/// </summary>
internal sealed class DatumRecorder : IAsyncDisposable
{
    private const int MostInRound = 1000;
    private readonly Channel<DatumResult> _queue = Channel.CreateBounded<DatumResult>(MostInRound);
    private readonly IMetadataStore _metadata;
    private readonly IBlobStore _blobs;
    private readonly JobId _job;
    private readonly Task _rounds;

    public DatumRecorder(IMetadataStore metadata, IBlobStore blobs, JobId job)
    {
        _metadata = metadata;
        _blobs = blobs;
        _job = job;
        _rounds = RunAsync();
    }

    /// <summary>Hands over a result; it is durable at the latest when <see cref="FinishAsync"/> returns.</summary>
    public async ValueTask AddAsync(DatumResult result, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(result, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // A round failed: its own failure says why.
            await _rounds;
            throw;
        }
    }

    /// <summary>Waits until all is durable; throws what a round failed with.</summary>
    public async ValueTask FinishAsync()
    {
        _queue.Writer.TryComplete();
        await _rounds;
    }

    /// <summary>As <see cref="FinishAsync"/>, where another failure is on its way already.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await ((Task)_rounds).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Results that are there are recorded even while the job is being stopped: their work is done, and counts.
    private async Task RunAsync()
    {
        try
        {
            var round = new List<DatumResult>();
            while (await _queue.Reader.WaitToReadAsync())
            {
                while (round.Count < MostInRound && _queue.Reader.TryRead(out DatumResult? result))
                {
                    round.Add(result);
                }

                if (round.Exists(result => result.State != DatumState.Skipped))
                {
                    await _blobs.FlushAsync(CancellationToken.None);
                }

                await _metadata.WriteAsync(transaction => RecordAsync(transaction, round), CancellationToken.None);
                round.Clear();
            }
        }
        catch (Exception error)
        {
            _queue.Writer.TryComplete(error);
            throw;
        }
    }

    private async ValueTask<bool> RecordAsync(IMetadataTransaction transaction, List<DatumResult> round)
    {
        if (await JobTables.FindAsync(transaction, _job, CancellationToken.None) is not { } job)
        {
            // The pipeline was deleted with its jobs.
            return false;
        }

        JobCounts counts = job.Counts;
        foreach (DatumResult result in round)
        {
            await JobTables.PutDatumAsync(transaction, _job, result, CancellationToken.None);
            counts = result.State switch
            {
                DatumState.Skipped => counts with { Skipped = counts.Skipped + 1 },
                DatumState.Processed => counts with { Processed = counts.Processed + 1 },
                DatumState.Failed => counts with { Failed = counts.Failed + 1 },
                _ => counts with { Recovered = counts.Recovered + 1 },
            };
            if (result is { State: DatumState.Processed, OutputTree: { } tree })
            {
                await JobTables.PutAnswerAsync(transaction, result.Key, AnswerOf(result, tree), CancellationToken.None);
            }
        }

        await JobTables.PutAsync(transaction, job with { Counts = counts }, CancellationToken.None);
        return true;
    }

    private Answer AnswerOf(DatumResult result, Content.Digest tree) => new()
    {
        Job = _job,
        OutputTree = tree,
        Log = result.Log,
        Tries = result.Tries,
        ExitCode = result.ExitCode,
        OutputFiles = result.OutputFiles,
        OutputBytes = result.OutputBytes,
        Started = result.Started ?? default,
        Finished = result.Finished ?? default,
        Prepare = result.Prepare,
        Run = result.Run,
        Collect = result.Collect,
    };
}
