namespace Slipway.Data.Worktrees;

/// <summary>What a checkout put into the file system.</summary>
/// <param name="Files">Files and symlinks.</param>
/// <param name="Bytes">Bytes of the files that are copies; a hard link has none.</param>
public readonly record struct PlacedFiles(long Files, long Bytes);
