using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>One commit that another was computed from.</summary>
/// <param name="Input">The name of the pipeline's input that read it.</param>
public sealed record ProvenanceLink(string Input, RepoName Repo, BranchName Branch, GlobalId Commit);
