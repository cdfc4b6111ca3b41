using System.Collections.Immutable;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Pipelines.Specs;

/// <summary>Where datums come from: a repo's branch, or inputs combined.</summary>
public abstract record InputSpec
{
    /// <summary>The repo inputs in it, from left to right: the order in which a plan is given their entries.</summary>
    public abstract IEnumerable<RepoInput> Leaves();
}

/// <summary>The entries of a branch that a glob matches, one datum each.</summary>
public sealed record RepoInput : InputSpec
{
    /// <summary>The folder's name under <c>/pfs</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The repo that is read.</summary>
    public required RepoName Repo { get; init; }

    /// <summary>The branch that is read, and whose commits start jobs.</summary>
    public required BranchName Branch { get; init; }

    /// <summary>Which entries are datums.</summary>
    public required Glob Glob { get; init; }

    /// <summary>The stage sees the files' names, with nothing in them.</summary>
    public bool EmptyFiles { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<RepoInput> Leaves() => [this];
}

/// <summary>Every combination of one datum of each member.</summary>
public sealed record CrossInput(ImmutableArray<InputSpec> Members) : InputSpec
{
    /// <inheritdoc/>
    public override IEnumerable<RepoInput> Leaves() => Members.SelectMany(member => member.Leaves());
}

/// <summary>The datums of all members, one after another.</summary>
public sealed record UnionInput(ImmutableArray<InputSpec> Members) : InputSpec
{
    /// <inheritdoc/>
    public override IEnumerable<RepoInput> Leaves() => Members.SelectMany(member => member.Leaves());
}
