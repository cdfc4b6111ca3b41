namespace Slipway.Api;

/// <summary>Gives a repo another name.</summary>
public sealed record RenameRepoRequest(string Repo, string Name);

/// <summary>Takes a commit away, open or finished.</summary>
/// <param name="At">"repo@revision"; "repo@branch" means the one commit that is open there.</param>
/// <param name="WithDependents">Also what stands on it, was computed from it, or names it.</param>
/// <param name="DryRun">Only says what would go.</param>
public sealed record DropCommitRequest(string At, bool WithDependents = false, bool DryRun = false);

/// <summary>What a drop took away, or would.</summary>
/// <param name="Commits">"repo@globalId" each, what depends on a commit before it.</param>
/// <param name="Branches">Where branches come to stand.</param>
/// <param name="Tags">"repo@tag" each.</param>
public sealed record DropInfo(IReadOnlyList<string> Commits, IReadOnlyList<BranchInfo> Branches, IReadOnlyList<string> Tags);

/// <summary>Makes one commit of the last ones of a branch.</summary>
/// <param name="At">"repo@branch".</param>
/// <param name="Since">"repo@revision": the last commit that stays as it is; null: none.</param>
/// <param name="Message">Null: the messages of the old ones.</param>
public sealed record SquashRequest(string At, string? Since = null, string? Message = null, string? Author = null);

/// <summary>What a squash did.</summary>
/// <param name="Removed">"repo@globalId" of each old commit that is gone.</param>
/// <param name="Kept">Those that stay under their ids, and why, as a sentence each.</param>
public sealed record SquashInfo(CommitInfo Commit, IReadOnlyList<string> Removed, IReadOnlyList<string> Kept);
