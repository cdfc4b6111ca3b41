namespace Slipway.Data.Worktrees.Scanning;

/// <summary>Which object of the file system a path leads to: the same path may lead elsewhere in another mount namespace.</summary>
public readonly record struct FileIdentity(ulong Device, ulong Inode);
