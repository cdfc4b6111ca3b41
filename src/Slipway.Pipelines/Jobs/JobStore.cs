using System.Runtime.CompilerServices;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Pipelines.Planning;

namespace Slipway.Pipelines.Jobs;

/// <summary>Reads jobs, their datums and answers. Only the scheduler writes them.</summary>
public sealed class JobStore(IMetadataStore metadata)
{
    /// <summary>A job, or null.</summary>
    public ValueTask<Job?> FindAsync(JobId id, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => JobTables.FindAsync(reader, id, cancellationToken), cancellationToken);

    /// <summary>A job.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>.</exception>
    public async ValueTask<Job> GetAsync(JobId id, CancellationToken cancellationToken) => await FindAsync(id, cancellationToken)
        ?? throw new SlipwayException(ErrorKind.NotFound, $"there is no job {id}", "slipway job ls shows the jobs.");

    /// <summary>Jobs, newest first: of one pipeline, or of all.</summary>
    public ValueTask<IReadOnlyList<Job>> ListAsync(PipelineName? pipeline, CancellationToken cancellationToken, int limit = int.MaxValue) =>
        metadata.ReadAsync(
            reader => pipeline is { } name
                ? JobTables.ListAsync(reader, name, limit, cancellationToken)
                : JobTables.ListNewestAsync(reader, limit, cancellationToken),
            cancellationToken);

    /// <summary>The jobs that are not over, in the order in which they were made.</summary>
    public ValueTask<IReadOnlyList<Job>> ListOpenAsync(CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => JobTables.ListOpenAsync(reader, cancellationToken), cancellationToken);

    /// <summary>The datums of a job that are skipped or done, by id. While it runs, those that wait are not among them.</summary>
    public ValueTask<IReadOnlyList<DatumResult>> ListDatumsAsync(JobId job, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => JobTables.ListDatumsAsync(reader, job, cancellationToken), cancellationToken);

    /// <summary>One datum of a job; null where it is none of the job's, or not done yet.</summary>
    public ValueTask<DatumResult?> FindDatumAsync(JobId job, DatumId datum, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => JobTables.FindDatumAsync(reader, job, datum, cancellationToken), cancellationToken);

    /// <summary>What is known of a key; null where no datum of that key has succeeded.</summary>
    public ValueTask<Answer?> FindAnswerAsync(DatumKey key, CancellationToken cancellationToken) =>
        metadata.ReadAsync(reader => JobTables.FindAnswerAsync(reader, key, cancellationToken), cancellationToken);

    /// <summary>The datums of all jobs, read page by page.</summary>
    public async IAsyncEnumerable<(JobId Job, DatumResult Datum)> ScanDatumsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int Page = 500;
        string? after = null;
        while (true)
        {
            string? from = after;
            List<KeyValuePair<string, byte[]>> page = await metadata.ReadAsync(
                async reader => await reader.ScanAsync(JobTables.DatumTable, from, null, cancellationToken, limit: Page).ToListAsync(cancellationToken), cancellationToken);
            foreach ((string key, byte[] value) in page)
            {
                yield return (JobTables.JobOf(key), RecordJson.Decode(JobTables.DatumTable, key, value, JobJson.Default.DatumResult));
            }

            if (page.Count < Page)
            {
                yield break;
            }

            after = page[^1].Key + '\0';
        }
    }

    /// <summary>Forgets answers, so that their datums run again where they are met.</summary>
    public async ValueTask<int> ForgetAnswersAsync(IMetadataTransaction transaction, IEnumerable<DatumKey> keys, CancellationToken cancellationToken)
    {
        int forgotten = 0;
        foreach (DatumKey key in keys)
        {
            forgotten += await JobTables.DeleteAnswerAsync(transaction, key, cancellationToken) ? 1 : 0;
        }

        return forgotten;
    }
}
