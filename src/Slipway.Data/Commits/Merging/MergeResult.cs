using System.Collections.Immutable;
using Slipway.Data.Trees.Merging;

namespace Slipway.Data.Commits.Merging;

/// <summary>What became of a merge or a revert.</summary>
public enum MergeKind
{
    /// <summary>The branch has all of it already; nothing changed.</summary>
    UpToDate,

    /// <summary>The branch had nothing of its own, and moved to the other commit.</summary>
    FastForwarded,

    /// <summary>There is a new commit.</summary>
    Committed,

    /// <summary>Both sides changed some paths, each in its own way; nothing changed.</summary>
    Conflicted,
}

/// <summary>How a merge or a revert ended.</summary>
/// <param name="Head">The branch's head afterwards; null where it has none.</param>
/// <param name="Conflicts">At most <see cref="MergeOutcome.MaxConflicts"/>, in path order.</param>
public sealed record MergeResult(MergeKind Kind, Commit? Head, ImmutableArray<MergeConflict> Conflicts)
{
    internal static MergeResult Of(MergeKind kind, Commit? head) => new(kind, head, []);
}

/// <summary>What a person may say about a merge or a revert.</summary>
/// <param name="Favor">Whose version counts where both sides changed a path.</param>
/// <param name="Message">Null: a sentence that names both sides.</param>
public sealed record MergeOptions(MergeFavor Favor, string? Message, string Author)
{
    /// <summary>A branch without commits of its own moves to the other's head, and no commit is made.</summary>
    public bool FastForward { get; init; } = true;
}
