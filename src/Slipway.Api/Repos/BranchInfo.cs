namespace Slipway.Api;

/// <param name="Head">The global id of the last commit that finished well.</param>
public sealed record BranchInfo(string Repo, string Name, string? Head = null);
