using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>
/// One version of a repo, addressed by its repo and <see cref="GlobalId"/>. Open, it is a journal of edits without a tree; finished or
/// failed, it never changes again.
/// </summary>
public sealed record Commit
{
    /// <summary>The repo that it is in.</summary>
    public required RepoName Repo { get; init; }

    /// <summary>The branch that it was started on.</summary>
    public required BranchName Branch { get; init; }

    /// <summary>Joins it with what it caused in other repos, or with what caused it.</summary>
    public required GlobalId GlobalId { get; init; }

    /// <summary>The digest of what it says; null until it has finished with success.</summary>
    public CommitId? Id { get; init; }

    /// <summary>The branch's head when this finished; null for the first commit, and while open.</summary>
    public GlobalId? Parent { get; init; }

    /// <summary>The head of the other branch, where this is a merge: its second parent.</summary>
    public GlobalId? MergedFrom { get; init; }

    /// <summary>Its place in the line of first parents: 1 for the first commit. Zero while open.</summary>
    public long Ordinal { get; init; }

    /// <summary>One more than the highest among its parents', so that no commit stands below one that leads to it. Zero while open.</summary>
    public long Generation { get; init; }

    /// <summary>A first parent further up, by which any ancestor is found in a number of steps that grows with the logarithm of the history; see <see cref="Ancestry"/>.</summary>
    public GlobalId? Jump { get; init; }

    /// <summary>When it is dropped, if it is still open then; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The root of its tree; null while open.</summary>
    public Digest? Tree { get; init; }

    /// <summary>Set where retention took its files away: what is left is a stub that says what the commit was. <see cref="Tree"/> is null then.</summary>
    public DroppedFiles? Dropped { get; init; }

    /// <summary>The commits that it was computed from; none for a user's commit.</summary>
    public ImmutableArray<ProvenanceLink> Provenance { get; init; } = [];

    /// <summary>Whether a person or a pipeline made it.</summary>
    public required CommitOrigin Origin { get; init; }

    /// <summary>Open, finished or failed.</summary>
    public required CommitState State { get; init; }

    /// <summary>Why it was made, in its author's words.</summary>
    public string Message { get; init; } = "";

    /// <summary>Who made it.</summary>
    public string Author { get; init; } = "";

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it finished or failed.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Error { get; init; }

    /// <summary>The bytes of all files in its tree; zero while open.</summary>
    public long Size { get; init; }

    /// <summary><c>repo@global-id</c>, which names it in any command.</summary>
    [JsonIgnore]
    public CommitReference Reference => new(Repo, GlobalId.ToString(), null);

    /// <summary>For whoever is going to build on its files.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: retention took them away.</exception>
    public void ThrowIfDropped()
    {
        if (Dropped is { } dropped)
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition,
                $"commit {Reference} has no files any more: the retention of its branch dropped them on {dropped.When.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}",
                $"slipway retention inspect {Repo}@{Branch} shows the rule; slipway log {Repo}@{Branch} shows younger commits.");
        }
    }
}

/// <summary>What is left of a commit's files: the tree that it had, which its id still says, and when retention took it away.</summary>
public sealed record DroppedFiles(Digest Tree, DateTimeOffset When);
