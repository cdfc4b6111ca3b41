using Slipway.Content;

namespace Slipway.Data.Worktrees;

/// <summary>What a folder was collected into.</summary>
/// <param name="Tree">The root of its tree.</param>
/// <param name="Files">How many files and symlinks it has.</param>
/// <param name="Bytes">How many bytes its files have.</param>
public sealed record CollectedTree(Digest Tree, long Files, long Bytes);
