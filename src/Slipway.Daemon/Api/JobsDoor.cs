using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Executors;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Contents;
using Slipway.Engine;
using Slipway.Pipelines;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Scheduling;

namespace Slipway.Daemon.Api;

/// <summary>Jobs: list, inspect, logs, kill, and the wait for all that a commit caused.</summary>
internal sealed class JobsDoor(JobStore jobs, PipelineStore pipelines, CommitStore commits, Scheduler scheduler, RepoContents contents)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(200);

    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Jobs, ListAsync);
        app.MapGet(Routes.JobInspect, InspectAsync);
        app.MapGet(Routes.JobLogs, LogsAsync);
        app.MapPost(Routes.JobKill, KillAsync);
        app.MapGet(Routes.Wait, WaitAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        PipelineName? pipeline = Ask.Find(http, "pipeline") is { } name ? PipelineName.Parse(name) : null;
        if (pipeline is { } wanted)
        {
            await pipelines.GetAsync(wanted, http.RequestAborted);
        }

        List<JobInfo> list = [];
        foreach (Job job in await jobs.ListAsync(pipeline, http.RequestAborted, Ask.Number(http, "limit") ?? int.MaxValue))
        {
            list.Add(await InfoAsync(job, withDatums: false, http.RequestAborted));
        }

        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListJobInfo);
    }

    private async Task InspectAsync(HttpContext http)
    {
        Job job = await GetAsync(Ask.Query(http, "job"), http.RequestAborted);
        await Answer.JsonAsync(http, await InfoAsync(job, withDatums: true, http.RequestAborted), ApiJson.Default.JobInfo);
    }

    private async Task KillAsync(HttpContext http)
    {
        Job job = await GetAsync(Ask.Query(http, "job"), http.RequestAborted);
        Job killed = await scheduler.KillAsync(job.Id, http.RequestAborted);
        await Answer.JsonAsync(http, await InfoAsync(killed, withDatums: false, http.RequestAborted), ApiJson.Default.JobInfo);
    }

    /// <summary>The kept logs of a job's datums, also of those that an earlier job ran. Following goes on until the job is over.</summary>
    private async Task LogsAsync(HttpContext http)
    {
        Job job = await GetAsync(Ask.Query(http, "job"), http.RequestAborted);
        string? only = Ask.Find(http, "datum");
        bool follow = Ask.Flag(http, "follow");
        Answer.BeginLines(http);
        HashSet<DatumId> told = [];
        while (true)
        {
            bool over = (await jobs.GetAsync(job.Id, http.RequestAborted)).IsOver;
            foreach (DatumResult datum in await jobs.ListDatumsAsync(job.Id, http.RequestAborted))
            {
                if ((only is null || datum.Id.ToString().StartsWith(only, StringComparison.Ordinal)) && told.Add(datum.Id))
                {
                    await TellAsync(http, contents.Of(job.Id.Pipeline.Repo).Blobs, datum);
                }
            }

            await http.Response.Body.FlushAsync(http.RequestAborted);
            if (over || !follow)
            {
                break;
            }

            await Task.Delay(ProgressEvery, http.RequestAborted);
        }

        if (only is not null && told.Count == 0)
        {
            await Answer.LineAsync(http, new JobLogRecord($"no datum of {job.Id} begins with {only}\n"), ApiJson.Default.JobLogRecord, flush: false);
        }
    }

    private static async Task TellAsync(HttpContext http, IBlobStore blobs, DatumResult datum)
    {
        if (datum.Log is not { } log || await blobs.FindAsync(log, http.RequestAborted) is null)
        {
            return;
        }

        await using Stream content = await blobs.OpenAsync(log, http.RequestAborted);
        await foreach (LogLine line in DatumLog.ReadAsync(content))
        {
            JobLogRecord record = new(Encoding.UTF8.GetString(line.Content.Span), datum.Id.ToString(), line.Time, ContainerWire.Output(line.Stream), datum.Tries);
            await Answer.LineAsync(http, record, ApiJson.Default.JobLogRecord, flush: false);
        }
    }

    /// <summary>One record at once, one whenever something changed, the last with done.</summary>
    private async Task WaitAsync(HttpContext http)
    {
        WaitSet set = await WaitSet.OfAsync(Ask.Query(http, "id"), commits, jobs, pipelines, scheduler, http.RequestAborted);
        Task done = set.CompleteAsync(http.RequestAborted);
        Answer.BeginLines(http);
        string last = "";
        while (true)
        {
            bool over = done.IsCompleted;
            WaitProgress progress = await ProgressAsync(set.Ids, over, http.RequestAborted);
            string now = System.Text.Json.JsonSerializer.Serialize(progress, ApiJson.Default.WaitProgress);
            if (now != last)
            {
                await Answer.LineAsync(http, progress, ApiJson.Default.WaitProgress, flush: true);
                last = now;
            }

            if (over)
            {
                await done;
                return;
            }

            await Task.WhenAny(done, Task.Delay(ProgressEvery, http.RequestAborted));
        }
    }

    private async Task<WaitProgress> ProgressAsync(IReadOnlyList<GlobalId> ids, bool over, CancellationToken cancellationToken)
    {
        List<JobInfo> infos = [];
        List<Commit> together = [];
        foreach (GlobalId id in ids)
        {
            together.AddRange(await commits.ListByGlobalIdAsync(id, cancellationToken));
        }

        foreach (Commit commit in together.Where(commit => commit.Origin == Data.Commits.CommitOrigin.Pipeline))
        {
            if (PipelineName.TryParse(commit.Repo.ToString(), out PipelineName pipeline) &&
                await jobs.FindAsync(new JobId(pipeline, commit.GlobalId), cancellationToken) is { } job)
            {
                infos.Add(await InfoAsync(job, withDatums: false, cancellationToken));
            }
        }

        return new WaitProgress(ids[0].ToString(), over, [.. infos.OrderBy(info => info.Created)], [.. together.Select(DataWire.Commit)]);
    }

    /// <summary>A job as <c>pipeline@id</c>; or <c>pipeline</c> alone, its newest.</summary>
    private async Task<Job> GetAsync(string text, CancellationToken cancellationToken)
    {
        if (JobId.TryParse(text, out JobId id))
        {
            return await jobs.GetAsync(id, cancellationToken);
        }

        PipelineName pipeline = (await pipelines.GetAsync(PipelineName.Parse(text.Split('@')[0]), cancellationToken)).Name;
        IReadOnlyList<Job> list = await jobs.ListAsync(pipeline, cancellationToken);
        string? prefix = text.Contains('@', StringComparison.Ordinal) ? text.Split('@')[1] : null;
        List<Job> matches = [.. list.Where(job => prefix is null || job.Id.GlobalId.ToString().StartsWith(prefix, StringComparison.Ordinal))];
        return (matches.Count, prefix) switch
        {
            (0, _) => throw new SlipwayException(ErrorKind.NotFound, $"there is no job {text}", $"See the jobs: slipway job ls --pipeline {pipeline}"),
            ( > 1, not null) => throw new SlipwayException(ErrorKind.Conflict, $"{matches.Count} jobs begin with {text}", "Give more of the id."),
            _ => matches[0],
        };
    }

    private async Task<JobInfo> InfoAsync(Job job, bool withDatums, CancellationToken cancellationToken)
    {
        Pipeline? version = await pipelines.FindVersionAsync(job.Id.Pipeline, job.Version, cancellationToken);
        Commit? output = await commits.FindAsync(job.Id.Pipeline.Repo, job.Id.GlobalId, cancellationToken);
        IReadOnlyList<DatumInfo>? datums = withDatums ? [.. (await jobs.ListDatumsAsync(job.Id, cancellationToken)).Select(PipelineWire.Datum)] : null;
        return PipelineWire.Job(job, version, output, datums);
    }
}
