using System.Text;
using Slipway.Images.Layers;

namespace Slipway.Engine;

/// <summary>
/// A layer as the directory that <see cref="LayerExtractor"/> would make of it, but in memory and without contents: of a file it knows where in the tar its bytes are.
/// Whatever the two could differ in, and whatever an extraction refuses, ends in <see cref="OddLayerException"/>.
/// </summary>
internal sealed class LayerTree
{
    /// <summary>So many nodes are kept in memory; a layer of more is unpacked.</summary>
    private const int MostNodes = 1 << 20;

    private const int MostNameBytes = 255;
    private const int MostPathBytes = 4095;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly TreeParents _parents;
    private int _nodes = 1;

    private LayerTree(LowerLayers lower)
    {
        _parents = new TreeParents(Root, lower, () => Count());
        if (lower.Root is { } root)
        {
            (Root.Permissions, Root.User, Root.Group) = (root.Permissions, (int)root.User, (int)root.Group);
        }
    }

    /// <summary>The root: where no entry describes it, as the layers below have it.</summary>
    public TreeNode Root { get; } = new(TreeNodeKind.Directory) { Permissions = 0x1ED };

    /// <summary>True once an entry has said that nothing of the layers below is to be seen at all.</summary>
    public bool HidesEverythingBelow { get; private set; }

    /// <summary>Reads a plain tar to its end.</summary>
    /// <exception cref="OddLayerException">The layer is to be unpacked instead.</exception>
    /// <exception cref="Slipway.Content.SlipwayException">The tar is damaged.</exception>
    public static LayerTree Read(LayerReader reader, LowerLayers lower)
    {
        LayerTree tree = new(lower);
        while (reader.Read() is { } entry)
        {
            tree.Add(entry);
        }

        return tree;
    }

    private void Add(LayerEntry entry)
    {
        CheckName(entry.Path);
        if (entry.Path.Length == 0)
        {
            Describe(entry.Kind == LayerEntryKind.Directory ? Root : throw new OddLayerException("its root is no directory"), entry);
            return;
        }

        (string parentPath, TreeNode parent) = _parents.Find(entry.Parent, entry.ModifiedTime);
        if (entry.IsOpaqueMarker)
        {
            HidesEverythingBelow |= parentPath.Length == 0;
            parent.MakeOpaque();
            return;
        }

        if (entry.Whiteout is { } removed)
        {
            AddWhiteout(parent, LayerPaths.NameOf(removed), entry);
            return;
        }

        switch (entry.Kind)
        {
            case LayerEntryKind.Directory:
                AddDirectory(parentPath, parent, entry);
                break;
            case LayerEntryKind.HardLink:
                AddHardLink(parentPath, parent, entry);
                break;
            default:
                Put(parentPath, parent, entry.Name, MakeNode(entry));
                break;
        }
    }

    // What the layer itself has put there stays: a whiteout speaks of the layers below, wherever it stands in the tar.
    private void AddWhiteout(TreeNode parent, string name, LayerEntry entry)
    {
        if (name is "" or "." or "..")
        {
            throw new OddLayerException("it removes a directory's own name");
        }

        if (!parent.Children!.TryGetValue(name, out TreeNode? existing))
        {
            Count();
            parent.Children.Add(name, new TreeNode(TreeNodeKind.CharacterDevice) { Time = entry.ModifiedTime, Group = parent.GroupOfNew });
        }
        else if (existing.IsDirectory)
        {
            existing.MakeOpaque();
        }
    }

    private void AddDirectory(string parentPath, TreeNode parent, LayerEntry entry)
    {
        TreeNode? existing = parent.Children!.GetValueOrDefault(entry.Name);
        TreeNode directory = existing is { IsDirectory: true } ? existing : new TreeNode(TreeNodeKind.Directory);
        if (directory != existing)
        {
            Put(parentPath, parent, entry.Name, directory);
        }

        if (existing is { IsWhiteout: true })
        {
            directory.MakeOpaque();
        }

        Describe(directory, entry);
    }

    private void AddHardLink(string parentPath, TreeNode parent, LayerEntry entry)
    {
        string target = _parents.Resolve(entry.LinkTarget ?? "");
        if (target == LayerPaths.Join(parentPath, entry.Name))
        {
            return;
        }

        // A file of a layer below is not in this tar; and a name that makes room may take the target with it.
        Remove(parentPath, parent, entry.Name);
        if (_parents.Lookup(target) is not { IsDirectory: false, IsWhiteout: false } node)
        {
            throw new OddLayerException($"its hard link '{entry.Path}' is to nothing of its own");
        }

        Count();
        parent.Children!.Add(entry.Name, node);
    }

    private static TreeNode MakeNode(LayerEntry entry)
    {
        if (entry is { Kind: LayerEntryKind.File, Size: > 0, ContentOffset: null })
        {
            throw new OddLayerException($"'{entry.Path}' is sparse");
        }

        TreeNode node = new(entry.Kind switch
        {
            LayerEntryKind.File => TreeNodeKind.File,
            LayerEntryKind.Symlink => TreeNodeKind.Symlink,
            LayerEntryKind.CharacterDevice => TreeNodeKind.CharacterDevice,
            LayerEntryKind.BlockDevice => TreeNodeKind.BlockDevice,
            LayerEntryKind.Fifo => TreeNodeKind.Fifo,
            _ => throw new OddLayerException($"it holds a {entry.Kind}"),
        })
        {
            Size = entry.Size,
            Offset = entry.ContentOffset ?? 0,
            Target = TextOf(entry),
            DeviceMajor = entry.DeviceMajor,
            DeviceMinor = entry.DeviceMinor,
        };
        if (node.IsWhiteout || node.DeviceMajor is < 0 or > 0xFFF || node.DeviceMinor is < 0 or > 0xFFFFF)
        {
            throw new OddLayerException($"'{entry.Path}' is a device that no number says");
        }

        Describe(node, entry);
        return node;
    }

    private static byte[] TextOf(LayerEntry entry)
    {
        if (entry.Kind != LayerEntryKind.Symlink)
        {
            return [];
        }

        byte[] text = Strict.GetBytes(entry.LinkTarget ?? "");
        return text.Length is > 0 and <= MostPathBytes && !text.Contains((byte)0) ? text : throw new OddLayerException($"'{entry.Path}' links to what no file system holds");
    }

    private static void Describe(TreeNode node, LayerEntry entry)
    {
        node.Permissions = node.Kind == TreeNodeKind.Symlink ? 0x1FF : entry.Mode;
        node.User = entry.Uid;
        node.Group = entry.Gid;
        node.Time = entry.ModifiedTime;
        foreach ((string name, ReadOnlyMemory<byte> value) in entry.Xattrs.Where(xattr => OverlayMarks.IsKept(xattr.Key)))
        {
            TreeXattrs.Check(node, name, value.Span);
            node.Xattrs = node.Xattrs.SetItem(name, value);
        }
    }

    private void Put(string parentPath, TreeNode parent, string name, TreeNode node)
    {
        Remove(parentPath, parent, name);
        Count();
        parent.Children!.Add(name, node);
    }

    /// <summary>Takes away what an earlier entry (or whiteout) of the same layer has put at the name.</summary>
    private void Remove(string parentPath, TreeNode parent, string name)
    {
        if (parent.Children!.Remove(name, out TreeNode? removed) && removed.IsDirectory)
        {
            _parents.Forget(LayerPaths.Join(parentPath, name));
        }
    }

    private void Count()
    {
        if (++_nodes > MostNodes)
        {
            throw new OddLayerException($"it has more than {MostNodes} files");
        }
    }

    /// <summary>Refuses a path that file systems could not hold.</summary>
    public static void CheckName(string path)
    {
        if (Strict.GetByteCount(path) > MostPathBytes || path.Contains('\0', StringComparison.Ordinal) || path.Split('/').Any(part => Strict.GetByteCount(part) > MostNameBytes))
        {
            throw new OddLayerException("a name is longer than file systems hold");
        }
    }
}
