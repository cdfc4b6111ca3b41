using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Pipelines;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Specs;

namespace Slipway.Daemon.Api;

/// <summary>Pipelines: create, update, list, inspect, delete.</summary>
internal sealed class PipelinesDoor(PipelineStore pipelines, JobStore jobs, IImageResolver images)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Pipelines, ListAsync);
        app.MapPost(Routes.Pipelines, PutAsync);
        app.MapDelete(Routes.Pipelines, DeleteAsync);
        app.MapGet(Routes.PipelineInspect, InspectAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        List<PipelineInfo> list = [];
        foreach (Pipeline pipeline in await pipelines.ListAsync(http.RequestAborted))
        {
            list.Add(await InfoAsync(pipeline, withSpec: false, http.RequestAborted));
        }

        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListPipelineInfo);
    }

    private async Task InspectAsync(HttpContext http)
    {
        Pipeline pipeline = await pipelines.GetAsync(PipelineName.Parse(Ask.Query(http, "pipeline")), http.RequestAborted);
        await Answer.JsonAsync(http, await InfoAsync(pipeline, withSpec: true, http.RequestAborted), ApiJson.Default.PipelineInfo);
    }

    private async Task DeleteAsync(HttpContext http)
    {
        await pipelines.DeleteAsync(PipelineName.Parse(Ask.Query(http, "pipeline")), Ask.Flag(http, "keepRepo"), http.RequestAborted);
        await Answer.NothingAsync(http);
    }

    /// <summary>All specifications of the text, in its order; what is the same as before is left alone.</summary>
    private async Task PutAsync(HttpContext http)
    {
        PutPipelinesRequest request = await Ask.BodyAsync(http, ApiJson.Default.PutPipelinesRequest);
        List<Slipway.Api.PipelineChange> changes = [];
        foreach (PipelineSpec spec in SpecReader.Read(request.Text, request.FileName))
        {
            changes.Add(await PutAsync(spec, request, http.RequestAborted));
        }

        await Answer.JsonAsync(http, changes, ApiJson.Default.IReadOnlyListPipelineChange);
    }

    private async Task<Slipway.Api.PipelineChange> PutAsync(PipelineSpec spec, PutPipelinesRequest request, CancellationToken cancellationToken)
    {
        PipelineImage image = await images.ResolveAsync(spec.Transform.Image, cancellationToken);
        PipelineSpec comparable = spec with { Update = false, ReprocessNow = false };
        Pipeline? before = await pipelines.FindAsync(spec.Name, cancellationToken);
        PipelineChangeKind preview = await pipelines.PreviewAsync(comparable, image, cancellationToken);
        string? reason = before is null ? null : PipelineWire.Difference(before, comparable, image);
        if (request.DryRun || (preview == PipelineChangeKind.Unchanged && !request.Reprocess && !spec.ReprocessNow))
        {
            return new(spec.Name.ToString(), PipelineWire.Outcome(preview), reason, Warnings: Warnings(spec));
        }

        Pipelines.Definitions.PipelineChange change = await pipelines.CreateOrUpdateAsync(spec, request.Update || request.Reprocess, request.Reprocess, cancellationToken);
        return new(
            spec.Name.ToString(),
            PipelineWire.Outcome(change.Kind),
            change.Kind == PipelineChangeKind.Unchanged ? "every datum runs again, as asked" : reason,
            change.Job?.GlobalId.ToString(),
            Warnings(spec));
    }

    private static IReadOnlyList<string>? Warnings(PipelineSpec spec) => spec.Warnings.IsEmpty ? null : spec.Warnings;

    private async Task<PipelineInfo> InfoAsync(Pipeline pipeline, bool withSpec, CancellationToken cancellationToken)
    {
        IReadOnlyList<Job> last = await jobs.ListAsync(pipeline.Name, cancellationToken, limit: 1);
        Pipeline first = pipeline.Version == 1 ? pipeline : await pipelines.FindVersionAsync(pipeline.Name, 1, cancellationToken) ?? pipeline;
        return PipelineWire.Info(pipeline, first.Created, last.Count > 0 ? last[0] : null, withSpec);
    }
}
