using Slipway.Data.Repos;

namespace Slipway.Data.Commits.Rewriting;

/// <summary>In which way something depends on a commit.</summary>
public enum DependentKind
{
    /// <summary>A commit that has it as a parent.</summary>
    Child,

    /// <summary>A commit that a pipeline computed from it.</summary>
    Output,

    /// <summary>A branch that stands at it.</summary>
    Branch,

    /// <summary>A tag that names it.</summary>
    Tag,
}

/// <summary>Something that a commit cannot go without.</summary>
/// <param name="On">The commit.</param>
/// <param name="Name">What depends on it, as a person would name it: <c>repo@id</c>, <c>repo@branch</c>, <c>repo@tag</c>.</param>
public sealed record Dependent(DependentKind Kind, CommitReference On, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        DependentKind.Child => $"commit {Name} stands on it",
        DependentKind.Output => $"{Name} was computed from it",
        DependentKind.Branch => $"branch {Name} stands at it",
        _ => $"tag {Name} names it",
    };
}
