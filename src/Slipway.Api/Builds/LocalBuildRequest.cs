namespace Slipway.Api;

/// <summary>A build whose context is a folder of the server's own machine, which the server reads itself.</summary>
/// <param name="Folder">The context: absolute, without symlinks to follow at its end.</param>
/// <param name="Device">With <paramref name="Inode"/>: which folder the asker sees there (statx: major × 2³² + minor). The server declines where it sees another.</param>
/// <param name="Dockerfile">Its text.</param>
/// <param name="Ignore">The text of the ignore file; null where there is none.</param>
/// <param name="IgnoreName">How messages name that file.</param>
public sealed record LocalBuildRequest(string Folder, ulong Device, ulong Inode, string Dockerfile, string? Ignore, string? IgnoreName, BuildOptions Options);
