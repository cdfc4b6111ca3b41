using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Jobs;

/// <summary>
/// Jobs as they are stored: <c>jobs</c> by pipeline and global id; <c>job-order</c> and, for those that are not over, <c>jobs-open</c>
/// by sequence, <c>pipeline-job-order</c> by pipeline and sequence, so that no look at the newest reads the whole history; <c>job-datums</c> by job and datum; <c>answers</c> by key. A change of one datum writes that datum's row and its job's.
/// </summary>
internal static class JobTables
{
    /// <summary>Where the datums of jobs are.</summary>
    public const string DatumTable = "job-datums";

    private const string CounterKey = "jobs";
    private static readonly Table<Job> Jobs = new("jobs", JobJson.Default.Job);
    private static readonly Table<JobPointer> Order = new("job-order", JobJson.Default.JobPointer);
    private static readonly Table<JobPointer> Open = new("jobs-open", JobJson.Default.JobPointer);
    private static readonly Table<JobPointer> PipelineOrder = new("pipeline-job-order", JobJson.Default.JobPointer);
    private static readonly Table<JobCounter> Counters = new("job-counters", JobJson.Default.JobCounter);
    private static readonly Table<DatumResult> Datums = new(DatumTable, JobJson.Default.DatumResult);
    private static readonly Table<Answer> Answers = new("answers", JobJson.Default.Answer);

    public static ValueTask<Job?> FindAsync(IMetadataReader reader, JobId id, CancellationToken cancellationToken) =>
        Jobs.FindAsync(reader, Key(id), cancellationToken);

    /// <summary>Adds a job at the end of the order; its sequence is set here.</summary>
    public static async ValueTask<Job> AddAsync(IMetadataTransaction transaction, Job job, CancellationToken cancellationToken)
    {
        long sequence = (await Counters.FindAsync(transaction, CounterKey, cancellationToken))?.Last + 1 ?? 1;
        await Counters.PutAsync(transaction, CounterKey, new JobCounter(sequence), cancellationToken);
        job = job with { Sequence = sequence };
        await Jobs.PutAsync(transaction, Key(job.Id), job, cancellationToken);
        await Order.PutAsync(transaction, Key(sequence), new JobPointer(job.Id), cancellationToken);
        await PipelineOrder.PutAsync(transaction, Key(job), new JobPointer(job.Id), cancellationToken);
        await Open.PutAsync(transaction, Key(sequence), new JobPointer(job.Id), cancellationToken);
        return job;
    }

    /// <summary>Stores a change; a job that is over leaves the open ones.</summary>
    public static async ValueTask PutAsync(IMetadataTransaction transaction, Job job, CancellationToken cancellationToken)
    {
        await Jobs.PutAsync(transaction, Key(job.Id), job, cancellationToken);
        if (job.IsOver)
        {
            await Open.DeleteAsync(transaction, Key(job.Sequence), cancellationToken);
        }
    }

    /// <summary>The jobs that are not over, in order.</summary>
    public static ValueTask<IReadOnlyList<Job>> ListOpenAsync(IMetadataReader reader, CancellationToken cancellationToken) =>
        FollowAsync(reader, Open, false, int.MaxValue, cancellationToken);

    /// <summary>The newest jobs of all pipelines, newest first.</summary>
    public static ValueTask<IReadOnlyList<Job>> ListNewestAsync(IMetadataReader reader, int limit, CancellationToken cancellationToken) =>
        FollowAsync(reader, Order, true, limit, cancellationToken);

    /// <summary>The jobs of one pipeline, newest first, read as they are taken.</summary>
    public static async IAsyncEnumerable<Job> ScanAsync(
        IMetadataReader reader, PipelineName pipeline, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach ((_, JobPointer pointer) in PipelineOrder.ScanAsync(reader, pipeline.ToString(), cancellationToken, descending: true))
        {
            if (await FindAsync(reader, pointer.Id, cancellationToken) is { } job)
            {
                yield return job;
            }
        }
    }

    /// <summary>The newest jobs of one pipeline, newest first.</summary>
    public static async ValueTask<IReadOnlyList<Job>> ListAsync(
        IMetadataReader reader, PipelineName pipeline, int limit, CancellationToken cancellationToken) =>
        await ScanAsync(reader, pipeline, cancellationToken).Take(limit).ToListAsync(cancellationToken);

    public static async ValueTask<IReadOnlyList<DatumResult>> ListDatumsAsync(IMetadataReader reader, JobId job, CancellationToken cancellationToken)
    {
        var datums = new List<DatumResult>();
        await foreach ((_, DatumResult datum) in Datums.ScanAsync(reader, Key(job), cancellationToken))
        {
            datums.Add(datum);
        }

        return datums;
    }

    public static ValueTask<DatumResult?> FindDatumAsync(IMetadataReader reader, JobId job, DatumId datum, CancellationToken cancellationToken) =>
        Datums.FindAsync(reader, Key(job, datum), cancellationToken);

    public static ValueTask PutDatumAsync(IMetadataTransaction transaction, JobId job, DatumResult datum, CancellationToken cancellationToken) =>
        Datums.PutAsync(transaction, Key(job, datum.Id), datum, cancellationToken);

    public static ValueTask<Answer?> FindAnswerAsync(IMetadataReader reader, DatumKey key, CancellationToken cancellationToken) =>
        Answers.FindAsync(reader, key.ToString(), cancellationToken);

    public static ValueTask PutAnswerAsync(IMetadataTransaction transaction, DatumKey key, Answer answer, CancellationToken cancellationToken) =>
        Answers.PutAsync(transaction, key.ToString(), answer, cancellationToken);

    public static ValueTask<bool> DeleteAnswerAsync(IMetadataTransaction transaction, DatumKey key, CancellationToken cancellationToken) =>
        Answers.DeleteAsync(transaction, key.ToString(), cancellationToken);

    /// <summary>The job that the key of a datum's row begins with.</summary>
    public static JobId JobOf(string datumKey)
    {
        string[] parts = datumKey.Split(TableKey.Separator);
        return new JobId(PipelineName.Parse(parts[0]), GlobalId.Parse(parts[1]));
    }

    /// <summary>The rows of a job but those of its datums.</summary>
    public static IEnumerable<(string Table, string Key)> KeysOf(Job job) =>
    [
        ("jobs", Key(job.Id)), ("job-order", Key(job.Sequence)), ("pipeline-job-order", Key(job)), ("jobs-open", Key(job.Sequence)),
    ];

    /// <summary>Forgets a pipeline's jobs and their datums. Answers stay: they are nobody's own.</summary>
    public static async ValueTask DeleteAsync(IMetadataTransaction transaction, PipelineName pipeline, CancellationToken cancellationToken)
    {
        foreach (Job job in await ListAsync(transaction, pipeline, int.MaxValue, cancellationToken))
        {
            foreach (DatumResult datum in await ListDatumsAsync(transaction, job.Id, cancellationToken))
            {
                await Datums.DeleteAsync(transaction, Key(job.Id, datum.Id), cancellationToken);
            }

            await Jobs.DeleteAsync(transaction, Key(job.Id), cancellationToken);
            await Order.DeleteAsync(transaction, Key(job.Sequence), cancellationToken);
            await PipelineOrder.DeleteAsync(transaction, Key(job), cancellationToken);
            await Open.DeleteAsync(transaction, Key(job.Sequence), cancellationToken);
        }
    }

    private static async ValueTask<IReadOnlyList<Job>> FollowAsync(
        IMetadataReader reader, Table<JobPointer> table, bool descending, int limit, CancellationToken cancellationToken)
    {
        var jobs = new List<Job>();
        await foreach ((_, JobPointer pointer) in table.ScanAsync(reader, null, cancellationToken, descending, limit))
        {
            if (await FindAsync(reader, pointer.Id, cancellationToken) is { } job)
            {
                jobs.Add(job);
            }
        }

        return jobs;
    }

    private static string Key(JobId id) => TableKey.Join(id.Pipeline.ToString(), id.GlobalId.ToString());

    private static string Key(JobId id, DatumId datum) => TableKey.Join(id.Pipeline.ToString(), id.GlobalId.ToString(), datum.ToString());

    private static string Key(Job job) => TableKey.Join(job.Id.Pipeline.ToString(), Key(job.Sequence));

    private static string Key(long sequence) => sequence.ToString("d16", CultureInfo.InvariantCulture);
}

/// <summary>Points from an order to a job.</summary>
internal sealed record JobPointer(JobId Id);

/// <summary>The sequence of the last job.</summary>
internal sealed record JobCounter(long Last);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobPointer))]
[JsonSerializable(typeof(JobCounter))]
[JsonSerializable(typeof(DatumResult))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class JobJson : JsonSerializerContext;
