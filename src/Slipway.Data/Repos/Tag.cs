using Slipway.Data.Commits;

namespace Slipway.Data.Repos;

/// <summary>A name in a repo that stands for one finished commit and never moves. Formed as a branch's name, and never that of a branch.</summary>
public sealed record Tag(RepoName Repo, BranchName Name, GlobalId Commit, string Message, string Author, DateTimeOffset Created);
