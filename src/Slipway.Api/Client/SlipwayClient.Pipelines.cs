using System.Globalization;

namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<IReadOnlyList<PipelineChange>> PutPipelinesAsync(PutPipelinesRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Pipelines, request, ApiJson.Default.PutPipelinesRequest, ApiJson.Default.IReadOnlyListPipelineChange, cancellationToken);

    public Task<IReadOnlyList<PipelineInfo>> ListPipelinesAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Pipelines, ApiJson.Default.IReadOnlyListPipelineInfo, cancellationToken);

    public Task<PipelineInfo> InspectPipelineAsync(string pipeline, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.PipelineInspect, ("pipeline", pipeline)), ApiJson.Default.PipelineInfo, cancellationToken);

    public Task DeletePipelineAsync(string pipeline, bool force, bool keepRepo, CancellationToken cancellationToken) => SendAsync(
        "DELETE", Routes.WithQuery(Routes.Pipelines, ("pipeline", pipeline), ("force", Flag(force)), ("keepRepo", Flag(keepRepo))), cancellationToken);

    public Task<IReadOnlyList<JobInfo>> ListJobsAsync(string? pipeline, int? limit, CancellationToken cancellationToken) => GetAsync(
        Routes.WithQuery(Routes.Jobs, ("pipeline", pipeline), ("limit", limit?.ToString(CultureInfo.InvariantCulture))),
        ApiJson.Default.IReadOnlyListJobInfo,
        cancellationToken);

    public Task<JobInfo> InspectJobAsync(string job, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.JobInspect, ("job", job)), ApiJson.Default.JobInfo, cancellationToken);

    public Task<JobInfo> KillJobAsync(string job, CancellationToken cancellationToken) =>
        SendAsync("POST", Routes.WithQuery(Routes.JobKill, ("job", job)), ApiJson.Default.JobInfo, cancellationToken);

    public IAsyncEnumerable<JobLogRecord> ReadJobLogsAsync(string job, string? datum, bool follow, CancellationToken cancellationToken) =>
        StreamAsync(Routes.WithQuery(Routes.JobLogs, ("job", job), ("datum", datum), ("follow", Flag(follow))), ApiJson.Default.JobLogRecord, cancellationToken);

    /// <param name="id">A global id, or repo@revision.</param>
    public IAsyncEnumerable<WaitProgress> WaitAsync(string id, CancellationToken cancellationToken) =>
        StreamAsync(Routes.WithQuery(Routes.Wait, ("id", id)), ApiJson.Default.WaitProgress, cancellationToken);

    public Task<LineageFile> GetLineageAsync(string at, CancellationToken cancellationToken) =>
        GetAsync(Routes.WithQuery(Routes.Lineage, ("at", at)), ApiJson.Default.LineageFile, cancellationToken);

    public Task<GraphInfo> GetGraphAsync(CancellationToken cancellationToken) => GetAsync(Routes.Graph, ApiJson.Default.GraphInfo, cancellationToken);

    public Task<ProjectPlan> PlanProjectAsync(ProjectPlanRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.ProjectPlan, request, ApiJson.Default.ProjectPlanRequest, ApiJson.Default.ProjectPlan, cancellationToken);
}
