using System.Collections.Immutable;
using Slipway.Data.Trees;

namespace Slipway.Data.Commits;

/// <summary>Some edits of an open commit, in order.</summary>
internal sealed record JournalPage(ImmutableArray<JournalEdit> Edits)
{
    public const int MaxEdits = 2000;
}

/// <summary>One edit as it is kept: the entry put, or null for a delete.</summary>
/// <param name="Merge">True where the entry is a directory whose files are added to what stands there.</param>
/// <param name="MovedFrom">Where what is put at the path is taken from; then there is no entry.</param>
/// <param name="Append">True where the entry is a file whose bytes are added to the file that stands there.</param>
internal sealed record JournalEdit(DataPath Path, TreeEntry? Entry, bool Merge = false, bool Append = false, DataPath? MovedFrom = null)
{
    public static JournalEdit From(TreeEdit edit) => edit switch
    {
        PutEntry put => new(put.Path, put.Entry),
        AppendFile append => new(append.Path, append.Tail, Append: true),
        MovePath move => new(move.Path, null, MovedFrom: move.From),
        MergeDirectory merge => new(merge.Path, merge.Directory, Merge: true),
        _ => new(edit.Path, null),
    };

    public TreeEdit ToEdit() => MovedFrom is { } from ? new MovePath(from, Path)
        : Entry is null ? new DeletePath(Path)
        : Merge ? new MergeDirectory(Path, Entry)
        : Append ? new AppendFile(Path, Entry)
        : new PutEntry(Path, Entry);
}
