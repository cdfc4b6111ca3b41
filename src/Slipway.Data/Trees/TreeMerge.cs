using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>A tree and the name by which a conflict shall call it.</summary>
public sealed record LabelledTree(string Label, Digest Tree);

/// <summary>A path that two merged trees both write, or that is a file in one and a directory in the other.</summary>
public sealed record TreeConflict(DataPath Path, string FirstLabel, string SecondLabel);

/// <summary>What merging came to.</summary>
/// <param name="Tree">The union; null where there are conflicts.</param>
/// <param name="Conflicts">In path order; at most <see cref="MaxConflicts"/>, after which merging stops.</param>
public sealed record TreeMerge(Digest? Tree, ImmutableArray<TreeConflict> Conflicts)
{
    /// <summary>How many conflicts are listed at most.</summary>
    public const int MaxConflicts = 100;
}
