using System.Collections.Immutable;
using Slipway.Data.Diffs.Facts;

namespace Slipway.Data.Diffs;

/// <summary>How two versions of a file differ.</summary>
/// <param name="Before">What is known of the old one; null: nothing, or there is none.</param>
/// <param name="Unified">Of two texts, the lines that differ; null where they are no texts, or were not asked for.</param>
/// <param name="Skipped">Why no more is told; null where all is.</param>
public sealed record FileComparison(FileFacts? Before, FileFacts? After, ImmutableArray<string>? Unified = null, string? Skipped = null);
