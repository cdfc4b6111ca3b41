using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Pipelines.Planning;

/// <summary>The unit of work: what one run of the stage sees, an entry per input, in the order of the spec.</summary>
public sealed record Datum(DatumId Id, ImmutableArray<DatumInput> Inputs)
{
    /// <summary>The datum as a person calls it: <c>training:/iris.csv</c>, joined by <c> × </c>.</summary>
    public string Label => string.Join(" × ", Inputs.Select(input => $"{input.Name}:{input.Path}"));
}

/// <summary>One entry of one input as a datum sees it.</summary>
public sealed record DatumInput
{
    /// <summary>The input's name: its folder under <c>/pfs</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The repo that it is read from.</summary>
    public required RepoName Repo { get; init; }

    /// <summary>The branch that it is read from.</summary>
    public required BranchName Branch { get; init; }

    /// <summary>The commit that it is read from.</summary>
    public required GlobalId Commit { get; init; }

    /// <summary>The root of that commit's tree.</summary>
    public required Digest Tree { get; init; }

    /// <summary>The entry in the tree; the root where the glob is <c>/</c>.</summary>
    public required DataPath Path { get; init; }

    /// <summary>File, directory or symlink.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>A file with an execute bit.</summary>
    public bool Executable { get; init; }

    /// <summary>What the entry holds: for a directory, all of its subtree.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The stage sees the names of the files, with nothing in them.</summary>
    public bool EmptyFiles { get; init; }
}
