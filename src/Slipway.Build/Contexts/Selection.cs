using Slipway.Content;

namespace Slipway.Build.Contexts;

/// <summary>Which entries of a tree a COPY takes: the paths that its patterns leave, and the directories on the way to them.</summary>
internal sealed class Selection
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public int Count => _paths.Count;

    public bool Takes(string path) => _paths.Contains(path);

    /// <summary>All below <paramref name="entry"/> but what the patterns leave out, which are relative to it.</summary>
    public static Selection Without(SourceTree tree, SourceEntry entry, IReadOnlyList<PathPattern> excludes)
    {
        Selection selection = new();
        selection.Walk(tree, entry, "", relative => !PathPattern.Excludes(excludes, relative));
        return selection;
    }

    /// <summary>Of all below <paramref name="entry"/> what a pattern matches, with what is below that; less what <paramref name="excludes"/> leave out.</summary>
    public static Selection Of(SourceTree tree, SourceEntry entry, string pattern, IReadOnlyList<PathPattern> excludes)
    {
        Selection selection = new();
        PathPattern[] includes = [PathPattern.Parse(pattern)];
        selection.Walk(tree, entry, "", relative => PathPattern.Excludes(includes, relative) && !PathPattern.Excludes(excludes, relative));
        return selection;
    }

    private void Walk(SourceTree tree, SourceEntry directory, string relative, Func<string, bool> takes)
    {
        if (!directory.Status.IsDirectory)
        {
            return;
        }

        foreach (SourceEntry child in tree.List(directory.Path))
        {
            string path = relative.Length == 0 ? child.Name : relative + "/" + child.Name;
            if (takes(path))
            {
                Add(child.Path, directory.Path);
            }

            Walk(tree, child, path, takes);
        }
    }

    // Directories on the way come along, though the patterns do not name them.
    private void Add(string path, string parent)
    {
        _paths.Add(path);
        while (parent is not ("." or "") && _paths.Add(parent))
        {
            int slash = parent.LastIndexOf('/');
            parent = slash < 0 ? "." : parent[..slash];
        }
    }
}
