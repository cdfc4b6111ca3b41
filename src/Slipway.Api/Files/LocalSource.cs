namespace Slipway.Api;

/// <summary>A file or folder of this machine.</summary>
/// <param name="Path">Absolute, without symlinks to follow at its end.</param>
/// <param name="Name">What it is called in the repo, where several are put or the target is a folder.</param>
/// <param name="Device">With <paramref name="Inode"/>: which object the asker sees there (statx: major × 2³² + minor). The server declines where it sees another.</param>
public sealed record LocalSource(string Path, string Name, bool Folder, ulong Device, ulong Inode);
