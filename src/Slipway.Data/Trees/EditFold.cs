using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>
/// Edits folded into a tree of their own, so that each directory is then changed in one pass however many edits fall in it. Edits count in
/// the order given; one that a later one undoes (a delete of it or of a directory above it) is as if it had never been made.
/// </summary>
internal sealed class EditFold
{
    /// <summary>The edits of the root and, below it, of everything else.</summary>
    public EditNode Root { get; } = new();

    /// <summary>Adds the next edit.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Conflict"/>: an earlier edit put a file where this one needs a directory.</exception>
    public void Add(TreeEdit edit)
    {
        EditNode node = Root;
        DataPath at = DataPath.Root;
        foreach (string part in edit.Path.Parts)
        {
            if (node.Leaf is not null)
            {
                if (edit is DeletePath)
                {
                    return;
                }

                throw Clash(at, edit.Path);
            }

            at = at.AppendKnown(part);
            node = node.Child(part);
        }

        switch (edit)
        {
            case DeletePath:
                node.Delete();
                break;
            case PutEntry { Entry.Kind: EntryKind.Directory } put when node.Leaf is not null:
                throw Clash(put.Path, put.Path);
            case PutEntry { Entry.Kind: EntryKind.Directory } put:
                node.PutDirectory(put.Entry);
                break;
            case PutEntry put when put.Path.IsRoot:
                throw new SlipwayException(ErrorKind.InvalidArgument, "the root of a tree cannot be a file", "Name the file: /name.");
            case PutEntry put:
                node.Leaf = put.Entry with { Name = put.Path.Name };
                break;
        }
    }

    /// <summary>A file at <paramref name="file"/> and something that needs a directory there: the same path, or one below.</summary>
    public static SlipwayException Clash(DataPath file, DataPath below) => new(
        ErrorKind.Conflict,
        file == below
            ? $"'{file}' cannot be both a file and a directory"
            : $"'{file}' is a file, so '{below}' cannot stand below it",
        $"Delete one first: slipway rm <repo>@<branch>:{file}");
}
