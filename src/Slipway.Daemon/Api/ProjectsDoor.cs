using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Daemon.Executors;
using Slipway.Data.Repos;
using Slipway.Images;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Specs;

namespace Slipway.Daemon.Api;

/// <summary>A slipway.yaml, read and compared with what stands. Changes nothing: the client carries the plan out, verb by verb.</summary>
internal sealed class ProjectsDoor(RepoStore repos, ImageStore images, PipelineStore pipelines)
{
    public void Map(WebApplication app) => app.MapPost(Routes.ProjectPlan, PlanAsync);

    private async Task PlanAsync(HttpContext http)
    {
        ProjectPlanRequest request = await Ask.BodyAsync(http, ApiJson.Default.ProjectPlanRequest);
        ProjectFile project = ProjectReader.Read(request.Text, request.FileName);
        List<Slipway.Api.ProjectRepo> repoPlan = [];
        foreach (Pipelines.Specs.ProjectRepo repo in project.Repos)
        {
            bool exists = await repos.FindAsync(repo.Name, http.RequestAborted) is not null;
            repoPlan.Add(new(repo.Name.ToString(), exists, repo.Description.Length > 0 ? repo.Description : null));
        }

        List<ProjectImage> imagePlan = [];
        List<ProjectPipeline> pipelinePlan = [];
        foreach (ProjectStage stage in project.Stages)
        {
            Image? image = await images.FindAsync(stage.Pipeline.Transform.Image, http.RequestAborted);
            PipelineImage? identity = image is null ? null : StoredImages.IdentityOf(image);
            if (stage.Build is { } build)
            {
                imagePlan.Add(new ProjectImage(
                    stage.Pipeline.Transform.Image,
                    build.Context,
                    build.Dockerfile,
                    build.Target,
                    build.Arguments.IsEmpty ? null : build.Arguments.ToDictionary(argument => argument.Name, argument => argument.Value),
                    image?.Digest.ToString()));
            }

            Pipeline? before = await pipelines.FindAsync(stage.Pipeline.Name, http.RequestAborted);
            PipelineChangeKind kind = await pipelines.PreviewAsync(stage.Pipeline, identity, http.RequestAborted);
            pipelinePlan.Add(new ProjectPipeline(
                stage.Pipeline.Name.ToString(),
                SpecWriter.Write(stage.Pipeline),
                PipelineWire.Outcome(kind),
                before is null ? null : PipelineWire.Difference(before, stage.Pipeline, identity)));
        }

        ProjectPlan plan = new()
        {
            Name = project.Name,
            Description = project.Description.Length > 0 ? project.Description : null,
            Repos = repoPlan,
            Images = imagePlan,
            Data = [.. project.Data.Select(data => new Slipway.Api.ProjectData(data.Repo.ToString(), data.Branch.ToString(), data.Path.ToString(), data.From))],
            Pipelines = pipelinePlan,
        };
        await Answer.JsonAsync(http, plan, ApiJson.Default.ProjectPlan);
    }
}
