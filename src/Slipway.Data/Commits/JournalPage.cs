using System.Collections.Immutable;
using Slipway.Data.Trees;

namespace Slipway.Data.Commits;

/// <summary>Some edits of an open commit, in order.</summary>
internal sealed record JournalPage(ImmutableArray<JournalEdit> Edits)
{
    public const int MaxEdits = 2000;
}

/// <summary>One edit as it is kept: the entry put, or null for a delete.</summary>
internal sealed record JournalEdit(DataPath Path, TreeEntry? Entry)
{
    public static JournalEdit From(TreeEdit edit) => new(edit.Path, (edit as PutEntry)?.Entry);

    public TreeEdit ToEdit() => Entry is null ? new DeletePath(Path) : new PutEntry(Path, Entry);
}
