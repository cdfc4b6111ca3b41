using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Merges a commit into a branch of the same repo.</summary>
/// <param name="From">"repo@revision".</param>
/// <param name="Into">"repo@branch".</param>
/// <param name="Favor">"ours" (the branch's) or "theirs": whose version of a path counts where both changed it; null makes that a conflict.</param>
/// <param name="NoFastForward">A commit is made even where the branch could simply move.</param>
public sealed record MergeRequest(
    string From, string Into, string? Favor = null, bool NoFastForward = false, string? Message = null, string? Author = null);

/// <summary>Undoes on a branch what a commit changed.</summary>
/// <param name="At">"repo@revision".</param>
/// <param name="Onto">The branch; null: the one that the revision names, else that of the commit.</param>
/// <param name="Favor">As in <see cref="MergeRequest"/>; "theirs" is the state before the commit.</param>
public sealed record RevertRequest(string At, string? Onto = null, string? Favor = null, string? Message = null, string? Author = null);

/// <summary>How a merge or a revert ended.</summary>
/// <param name="Head">The branch's head afterwards.</param>
/// <param name="Conflicts">Where it is conflicted: the paths, at most 1,000. Then nothing changed.</param>
public sealed record MergeInfo(MergeOutcome Outcome, CommitInfo? Head = null, IReadOnlyList<ConflictInfo>? Conflicts = null);

/// <summary>A path that both sides changed, each in its own way.</summary>
/// <param name="Base">What both began with; null for nothing.</param>
public sealed record ConflictInfo(string Path, FileEntry? Base = null, FileEntry? Ours = null, FileEntry? Theirs = null);

/// <summary>What a merge or a revert did.</summary>
[JsonConverter(typeof(CamelCaseEnum<MergeOutcome>))]
public enum MergeOutcome
{
    UpToDate,
    FastForwarded,
    Committed,
    Conflicted,
}
