using Slipway.Data.Commits;
using Slipway.Data.Triggers;

namespace Slipway.Data.Repos;

/// <summary>A movable pointer into a repo's commits.</summary>
/// <param name="Head">The last commit that finished with success; null where there is none yet.</param>
public sealed record Branch(RepoName Repo, BranchName Name, GlobalId? Head)
{
    /// <summary>What moves it to another branch's head; null where only commits and people move it.</summary>
    public BranchTrigger? Trigger { get; init; }
}
