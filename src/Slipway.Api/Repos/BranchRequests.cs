namespace Slipway.Api;

/// <summary>Makes a branch.</summary>
/// <param name="From">"repo@revision" of the same repo; null for an empty branch.</param>
public sealed record CreateBranchRequest(string Repo, string Name, string? From = null);

/// <summary>Moves a branch to another finished commit.</summary>
/// <param name="At">"repo@branch".</param>
/// <param name="To">"repo@revision" of the same repo.</param>
/// <param name="Expect">The global id of the head that it must have; null: whatever it has.</param>
public sealed record MoveBranchRequest(string At, string To, string? Expect = null);

/// <summary>Gives a branch another name.</summary>
/// <param name="At">"repo@branch".</param>
public sealed record RenameBranchRequest(string At, string Name);
