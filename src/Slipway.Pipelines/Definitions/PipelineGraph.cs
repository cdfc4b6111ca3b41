using Slipway.Data.Repos;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Definitions;

/// <summary>Who reads whom among pipelines: pure functions over their specs.</summary>
public static class PipelineGraph
{
    /// <summary>The specs, each after those whose output repo it reads; else by name.</summary>
    public static IReadOnlyList<T> InOrder<T>(IEnumerable<T> pipelines, Func<T, PipelineSpec> spec)
    {
        SortedDictionary<string, T> byName = new(pipelines.ToDictionary(p => spec(p).Name.ToString()), StringComparer.Ordinal);
        var ordered = new List<T>(byName.Count);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in byName.Keys)
        {
            Visit(name);
        }

        return ordered;

        void Visit(string name)
        {
            if (!byName.TryGetValue(name, out T? pipeline) || !visited.Add(name))
            {
                return;
            }

            foreach (string upstream in spec(pipeline).Input.Leaves().Select(leaf => leaf.Repo.ToString()).Order(StringComparer.Ordinal))
            {
                Visit(upstream);
            }

            ordered.Add(pipeline);
        }
    }

    /// <summary>
    /// The circle that <paramref name="name"/> is in, beginning and ending with it, in the direction of the data; null where there is none.
    /// </summary>
    public static IReadOnlyList<PipelineName>? FindCycle(PipelineName name, IReadOnlyCollection<PipelineSpec> specs)
    {
        Dictionary<RepoName, PipelineSpec> byOutput = specs.ToDictionary(spec => spec.Name.Repo);
        var path = new List<PipelineName> { name };
        var visited = new HashSet<PipelineName>();
        if (!Reaches(byOutput[name.Repo]))
        {
            return null;
        }

        path.Reverse();
        return path;

        bool Reaches(PipelineSpec spec)
        {
            foreach (RepoInput leaf in spec.Input.Leaves())
            {
                if (!byOutput.TryGetValue(leaf.Repo, out PipelineSpec? upstream) || (upstream.Name != name && !visited.Add(upstream.Name)))
                {
                    continue;
                }

                path.Add(upstream.Name);
                if (upstream.Name == name || Reaches(upstream))
                {
                    return true;
                }

                path.RemoveAt(path.Count - 1);
            }

            return false;
        }
    }
}
