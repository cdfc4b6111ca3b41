namespace Slipway.Data.Trees;

/// <summary>A file or symlink that two trees do not have in common; with its size and digest on either side.</summary>
/// <param name="Before">Null where the path was added.</param>
/// <param name="After">Null where the path was removed.</param>
public sealed record TreeChange(DataPath Path, TreeEntry? Before, TreeEntry? After);
