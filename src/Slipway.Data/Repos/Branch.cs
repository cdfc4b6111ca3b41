using Slipway.Data.Commits;

namespace Slipway.Data.Repos;

/// <summary>A movable pointer into a repo's commits.</summary>
/// <param name="Head">The last commit that finished with success; null where there is none yet.</param>
public sealed record Branch(RepoName Repo, BranchName Name, GlobalId? Head);
