namespace Slipway.Data.Trees;

/// <summary>
/// The edits of one path and of everything below. To be done in this order: what was there is dropped where <see cref="Deleted"/>; a whole
/// directory is set; the edits below are made; a file or symlink is set.
/// </summary>
internal sealed class EditNode
{
    /// <summary>What the tree had here does not count.</summary>
    public bool Deleted { get; private set; }

    /// <summary>The directory put here; null where none was.</summary>
    public TreeEntry? Directory { get; private set; }

    /// <summary>The edits below, by name; null where there are none.</summary>
    public Dictionary<string, EditNode>? Children { get; private set; }

    /// <summary>The file or symlink put here, after all else.</summary>
    public TreeEntry? Leaf { get; set; }

    /// <summary>True where no edit fell here or below.</summary>
    public bool IsUntouched => !Deleted && Directory is null && Children is null && Leaf is null;

    public EditNode Child(string name)
    {
        Children ??= new Dictionary<string, EditNode>(StringComparer.Ordinal);
        if (!Children.TryGetValue(name, out EditNode? child))
        {
            Children[name] = child = new EditNode();
        }

        return child;
    }

    public void Delete()
    {
        Deleted = true;
        Directory = null;
        Children = null;
        Leaf = null;
    }

    public void PutDirectory(TreeEntry entry)
    {
        Directory = entry;
        Children = null;
    }

    /// <summary>The path of some entry that is put here or below; null where nothing is.</summary>
    public DataPath? FindPut(DataPath here)
    {
        if (Leaf is not null || Directory is not null)
        {
            return here;
        }

        // Breadth first by a queue: a path may be thousands of parts deep.
        Queue<(DataPath Path, EditNode Node)> waiting = new([(here, this)]);
        while (waiting.TryDequeue(out (DataPath Path, EditNode Node) next))
        {
            foreach ((string name, EditNode child) in next.Node.Children ?? [])
            {
                DataPath path = next.Path.AppendKnown(name);
                if (child.Leaf is not null || child.Directory is not null)
                {
                    return path;
                }

                waiting.Enqueue((path, child));
            }
        }

        return null;
    }
}
