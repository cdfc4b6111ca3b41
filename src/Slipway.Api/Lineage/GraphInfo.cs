using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Repos and pipelines, and how data flows between them.</summary>
public sealed record GraphInfo(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges);

/// <param name="Id">Unique in the graph: "repo:training", "pipeline:train".</param>
/// <param name="State">Of a pipeline: its last job's state.</param>
public sealed record GraphNode(string Id, GraphNodeKind Kind, string Name, string? Description = null, JobState? State = null, long? Size = null);

/// <param name="From">A node's id.</param>
/// <param name="Label">The branch and glob of an input.</param>
public sealed record GraphEdge(string From, string To, string? Label = null);

/// <summary>What a node of the graph is.</summary>
[JsonConverter(typeof(CamelCaseEnum<GraphNodeKind>))]
public enum GraphNodeKind
{
    Repo,
    Pipeline,
}
