using Slipway.Api;
using Slipway.Cli.Output;

namespace Slipway.Cli.Pipelines;

/// <summary>
/// The graph as trees from the repos that people fill. A pipeline and the repo that it writes are one node; one with several inputs is drawn in full below
/// the first, and named again below the others.
/// </summary>
internal static class GraphDrawing
{
    public static IEnumerable<string> Draw(GraphInfo graph, Style style)
    {
        Dictionary<string, GraphNode> nodes = graph.Nodes.ToDictionary(static node => node.Id);
        ILookup<string, GraphEdge> outgoing = graph.Edges.ToLookup(static edge => edge.From);
        HashSet<string> written = [.. graph.Edges.Where(edge => nodes.TryGetValue(edge.From, out GraphNode? from) && from.Kind == GraphNodeKind.Pipeline).Select(static edge => edge.To)];
        HashSet<string> read = [.. graph.Edges.Select(static edge => edge.To)];
        List<string> lines = [];
        HashSet<string> drawn = [];
        foreach (GraphNode root in graph.Nodes.Where(node => node.Kind == GraphNodeKind.Repo ? !written.Contains(node.Id) : !read.Contains(node.Id)))
        {
            lines.Add(Title(root, style));
            Below(root.Id, "");
        }

        return lines;

        void Below(string id, string indent)
        {
            // A pipeline's readers are those of the repo that it writes.
            List<GraphEdge> edges = [.. outgoing[id].SelectMany(edge => nodes.TryGetValue(edge.To, out GraphNode? to) && to.Kind == GraphNodeKind.Repo ? outgoing[edge.To] : [edge])];
            for (int i = 0; i < edges.Count; i++)
            {
                if (!nodes.TryGetValue(edges[i].To, out GraphNode? node))
                {
                    continue;
                }

                bool last = i == edges.Count - 1;
                bool first = drawn.Add(node.Id);
                string label = edges[i].Label is { Length: > 0 } text ? style.Dim($" {text} ") : "";
                lines.Add($"{indent}{(last ? "└─" : "├─")}{label}▶ {Title(node, style)}{(first || !outgoing[node.Id].Any() ? "" : style.Dim(" (drawn above)"))}");
                if (first)
                {
                    Below(node.Id, indent + (last ? "   " : "│  "));
                }
            }
        }
    }

    private static string Title(GraphNode node, Style style)
    {
        string name = TextLayout.Printable(node.Name);
        if (node.Kind == GraphNodeKind.Repo)
        {
            return style.Bold(name) + (node.Size is long size ? style.Dim($"  {Format.Bytes(size)}") : "");
        }

        string mark = node.State switch
        {
            JobState.Succeeded => style.Green(" ✓"),
            JobState.Failed => style.Red(" ✗"),
            JobState.Killed => style.Yellow(" ■"),
            JobState.Running or JobState.Waiting => " …",
            _ => "",
        };
        return $"[{name}]{mark}";
    }
}
