using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Specs;

namespace Slipway.Daemon.Api;

/// <summary>Repos and pipelines, and how data flows between them.</summary>
internal sealed class GraphDoor(RepoStore repos, CommitStore commits, PipelineStore pipelines, JobStore jobs)
{
    public void Map(WebApplication app) => app.MapGet(Routes.Graph, ReadAsync);

    private async Task ReadAsync(HttpContext http)
    {
        List<GraphNode> nodes = [];
        List<GraphEdge> edges = [];
        foreach (Repo repo in await repos.ListAsync(http.RequestAborted))
        {
            Commit? head = await commits.HeadAsync(repo.Name, BranchName.Parse("master"), http.RequestAborted);
            nodes.Add(new GraphNode($"repo:{repo.Name}", GraphNodeKind.Repo, repo.Name.ToString(), Text(repo.Description), Size: head?.Size ?? 0));
        }

        foreach (Pipeline pipeline in await pipelines.ListAsync(http.RequestAborted))
        {
            string id = $"pipeline:{pipeline.Name}";
            IReadOnlyList<Job> last = await jobs.ListAsync(pipeline.Name, http.RequestAborted, limit: 1);
            nodes.Add(new GraphNode(
                id, GraphNodeKind.Pipeline, pipeline.Name.ToString(), Text(pipeline.Spec.Description), last.Count > 0 ? PipelineWire.State(last[0].State) : null));
            foreach (RepoInput input in pipeline.Spec.Input.Leaves())
            {
                edges.Add(new GraphEdge($"repo:{input.Repo}", id, $"{input.Branch}:{input.Glob}"));
            }

            edges.Add(new GraphEdge(id, $"repo:{pipeline.Name.Repo}", pipeline.Spec.OutputBranch.ToString()));
        }

        await Answer.JsonAsync(http, new GraphInfo(nodes, edges), ApiJson.Default.GraphInfo);
    }

    private static string? Text(string description) => description.Length > 0 ? description : null;
}
