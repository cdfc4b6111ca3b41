namespace Slipway.Api;

/// <summary>A commit that another was made from.</summary>
/// <param name="Input">The input's name in the pipeline.</param>
public sealed record ProvenanceInfo(string Input, string Repo, string Branch, string Commit);
