namespace Slipway.Api;

/// <summary>Which file or folder somebody sees at a path.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Device">statx(2): major × 2³² + minor.</param>
public readonly record struct SeenFile(string Path, ulong Device, ulong Inode);
