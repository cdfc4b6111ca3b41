using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Data.Trees.Merging;

/// <summary>Whose version counts where both sides of a merge changed a path, each in its own way.</summary>
public enum MergeFavor
{
    /// <summary>Neither: the path is a conflict.</summary>
    None,

    /// <summary>That of the branch that is merged into.</summary>
    Ours,

    /// <summary>That of what is merged.</summary>
    Theirs,
}

/// <summary>A path that both sides changed, each in its own way, with what each has there; null where it has nothing.</summary>
/// <param name="Basis">What both began with.</param>
public sealed record MergeConflict(DataPath Path, TreeEntry? Basis, TreeEntry? Ours, TreeEntry? Theirs);

/// <summary>What a merge of three trees came to.</summary>
/// <param name="Tree">The merged tree; null where there are conflicts.</param>
/// <param name="Conflicts">In path order; at most <see cref="MaxConflicts"/>, after which merging stops.</param>
public sealed record MergeOutcome(Digest? Tree, ImmutableArray<MergeConflict> Conflicts)
{
    /// <summary>How many conflicts are listed at most.</summary>
    public const int MaxConflicts = 1000;
}
