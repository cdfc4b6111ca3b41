namespace Slipway.Data.Commits;

/// <summary>A row of an index: the commit that its key leads to.</summary>
internal sealed record CommitMark(GlobalId Commit);
