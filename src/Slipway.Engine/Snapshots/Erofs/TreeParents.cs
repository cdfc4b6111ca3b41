using Slipway.Content;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>Resolves paths of a layer's entries to directories of its <see cref="LayerTree"/>, as <see cref="LayerPaths"/> does on the disk.</summary>
/// <param name="count">Called for each directory that is made.</param>
internal sealed class TreeParents(TreeNode root, LowerLayers lower, Action count)
{
    private string? _cachedParent;
    private string _cachedPath = "";
    private TreeNode? _cached;

    /// <summary>
    /// The directory that holds an entry, and its path without symlinks. Made where it is absent, with the mode, owner and time that it has in a layer below, or else with
    /// the time of the entry that needs it.
    /// </summary>
    public (string Path, TreeNode Directory) Find(string parent, UnixTime time)
    {
        if (parent != _cachedParent)
        {
            string path = parent.Length == 0 ? "" : ResolveParent(parent);
            (_cachedPath, _cached) = (path, path.Length == 0 ? root : MakeDirectories(path, time));
            _cachedParent = parent;
        }

        return (_cachedPath, _cached!);
    }

    /// <summary>Like a parent's path, but the last name stands for itself even where it is a symlink.</summary>
    public string Resolve(string path)
    {
        string parent = LayerPaths.ParentOf(path);
        return LayerPaths.Join(parent.Length == 0 ? "" : ResolveParent(parent), LayerPaths.NameOf(path));
    }

    /// <summary>What the layer has at a path without symlinks on its way, or null.</summary>
    public TreeNode? Lookup(string path)
    {
        TreeNode? node = root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node.Children?.TryGetValue(name, out node) is not true)
            {
                return null;
            }
        }

        return node;
    }

    /// <summary>Says that a directory was removed.</summary>
    public void Forget(string path)
    {
        if (_cachedPath == path || _cachedPath.StartsWith(path + "/", StringComparison.Ordinal))
        {
            _cachedParent = null;
        }
    }

    private string ResolveParent(string path)
    {
        try
        {
            return SymlinkSteps.Resolve(path, FindLink);
        }
        catch (SlipwayException)
        {
            throw new OddLayerException("its symlinks are a ring");
        }
    }

    private string? FindLink(string path) => Lookup(path) is { } own
        ? own.Kind == TreeNodeKind.Symlink ? System.Text.Encoding.UTF8.GetString(own.Target) : null
        : lower.FindLink(path);

    private TreeNode MakeDirectories(string path, UnixTime time)
    {
        LayerTree.CheckName(path);
        TreeNode directory = root;
        string made = "";
        foreach (string name in path.Split('/'))
        {
            made = LayerPaths.Join(made, name);
            TreeNode? existing = directory.Children!.GetValueOrDefault(name);
            if (existing is { IsDirectory: false, IsWhiteout: false })
            {
                throw new OddLayerException($"it has entries below '{made}', which it says is no directory");
            }

            if (existing is not { IsDirectory: true })
            {
                count();
                directory.Children![name] = MakeDirectory(directory, made, time, wasWhiteout: existing is not null);
            }

            directory = directory.Children![name];
        }

        return directory;
    }

    private TreeNode MakeDirectory(TreeNode parent, string path, UnixTime time, bool wasWhiteout)
    {
        TreeNode directory = new(TreeNodeKind.Directory) { Permissions = 0x1ED, Time = time, Group = parent.GroupOfNew };
        if (wasWhiteout)
        {
            directory.MakeOpaque();
        }
        else if (lower.Find(path) is { Status: { IsDirectory: true } below })
        {
            directory.Permissions = below.Permissions;
            (directory.User, directory.Group) = ((int)below.User, (int)below.Group);
            directory.Time = new UnixTime(below.ModifiedSeconds, (int)below.ModifiedNanoseconds);
        }

        return directory;
    }
}
