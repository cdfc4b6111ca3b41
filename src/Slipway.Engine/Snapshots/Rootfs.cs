using System.Collections.Immutable;

namespace Slipway.Engine;

/// <summary>An image's unpacked layers, to be stacked by overlayfs.</summary>
/// <param name="LowerDirectories">Absolute paths, the topmost layer first; never empty. Never written to.</param>
public sealed record Rootfs(ImmutableArray<string> LowerDirectories);
